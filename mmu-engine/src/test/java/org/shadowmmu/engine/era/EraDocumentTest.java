package org.shadowmmu.engine.era;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page about eras says what the code says; a failure prints the lines to put there. */
class EraDocumentTest {
    private static final String BEGIN = "<!-- generated from Era -->";
    private static final String END = "<!-- end -->";

    @Test
    void thePageShowsTheErasOfTheCode() throws IOException {
        List<String> page = Files.readAllLines(Path.of("../docs/eras.md"));

        assertThat(page.subList(page.indexOf(BEGIN) + 1, page.indexOf(END))).isEqualTo(EraTable.lines());
    }

    @Test
    void thePageNamesEveryDeparture() throws IOException {
        String page = Files.readString(Path.of("../docs/eras.md"));

        for (WhatIf whatIf : WhatIf.values()) {
            assertThat(page).contains("| `" + whatIf + "` | " + whatIf.rules() + " | " + whatIf.meaning() + " |");
        }
    }
}
