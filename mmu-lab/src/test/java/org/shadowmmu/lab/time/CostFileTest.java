package org.shadowmmu.lab.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.time.Price.Kind;

class CostFileTest {
    @TempDir
    private Path folder;

    private CostModel read(String text) throws IOException {
        return CostFile.read(Files.writeString(folder.resolve("mine.yaml"), text));
    }

    /** The page {@code docs/costs.md} has exactly the table that the built-in file gives. */
    @Test
    void thePageIsThatOfTheFile() throws IOException {
        List<String> table = new ArrayList<>(List.of(
                "| cost | what it is | ns | range | kind | fitted on | source |", "|---|---|---:|---|---|---|---|"));
        for (Cost cost : Cost.values()) {
            Price price = CostModel.standard().price(cost);
            table.add(String.format(
                    "| `%s` | %s | %s | %s | %s | %s | %s |",
                    cost.key(),
                    cost.meaning(),
                    price.text(),
                    price.rangeText(),
                    price.kind().word(),
                    String.join(", ", price.fittedOn()),
                    price.source()));
        }
        String page = Files.readString(Project.root().resolve("docs/costs.md"));
        assertThat(page.substring(0, page.indexOf("\n## ")).lines())
                .filteredOn(line -> line.startsWith("|"))
                .isEqualTo(table);
    }

    @ParameterizedTest
    @EnumSource
    void everyBuiltInPriceIsSoundAndSaysWhereItComesFrom(Cost cost) {
        Price price = CostModel.standard().price(cost);

        assertThat(price.nanos()).isPositive().isEqualTo(CostModel.standard().of(cost));
        assertThat(price.kind()).isNotEqualTo(Kind.GIVEN);
        assertThat(price.source()).isNotBlank().doesNotContain("given by");
        assertThat(price.fittedOn().isEmpty()).isEqualTo(price.kind() != Kind.FITTED || cost == Cost.CONTENDER);
        if (!price.range().isEmpty()) {
            assertThat(price.nanos())
                    .isBetween(price.range().get(0), price.range().get(1));
        }
    }

    @Test
    void aFileNamesOnlyWhatItChanges() throws IOException {
        CostModel mine = read("chain-step:\n  nanos: 120\nexit: {nanos: 540, kind: published, source: my own clock}\n");

        assertThat(mine.price(Cost.CHAIN_STEP))
                .isEqualTo(new Price(120, Kind.GIVEN, List.of(), List.of(), "given by mine.yaml"));
        assertThat(mine.price(Cost.EXIT).source()).isEqualTo("my own clock");
        assertThat(mine.of(Cost.FAULT)).isEqualTo(CostModel.standard().of(Cost.FAULT));
        assertThat(mine.changed()).containsExactly(new ChangedCost("chain-step", 120, 100, "given by mine.yaml"));
        assertThat(mine.scaled(Cost.CHAIN_STEP, 0.5).of(Cost.CHAIN_STEP)).isEqualTo(60);
    }

    @Test
    void thePrintedFileChangesNothing() throws IOException {
        assertThat(read(CostFile.builtIn()).changed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            nullValues = "none",
            value = {
                "'chian-step: {nanos: 1}' # 1 # unknown key 'chian-step'; did you mean 'chain-step'?",
                "'chain-step:\n  nano: 1' # 2 # unknown key 'nano'; did you mean 'nanos'?",
                "'exit: {nanos: 1}\nchain-step:\n  kind: fitted' # 2 # 'nanos' is missing; write the cost as 'nanos: ' and a number of nanoseconds from 0 to 1,000,000,000.",
                "'chain-step:\n  kind: fitted\n  nanos: -3' # 3 # 'nanos' must be a number of nanoseconds from 0 to 1,000,000,000, not -3.",
                "'chain-step:\n  nanos: 2e9' # 2 # not 2,000,000,000.",
                "'chain-step:\n  nanos: cheap' # 2 # 'nanos' must be a number of nanoseconds from 0 to 1,000,000,000, not 'cheap'.",
                "'chain-step:\n  nanos: 1\n  kind: guessed' # 3 # 'kind' must be fitted, published, estimated or given, not 'guessed'.",
                "'chain-step:\n  nanos: 1\n  range: [3, 2]' # 3 # 'range' must be a list of two numbers of nanoseconds, the lower one first.",
                "'chain-step: 120' # 1 # this must be a map with the key nanos, kind, range, fitted-on, source, not 120.",
                "'instruction:\n  nanos: 0' # 2 # 'nanos' of an instruction must be 0.01 or more, or a guest would do everything at once.",
                "'chain-step:\n  nanos: 1\nchain-step:\n  nanos: 2' # 3 # this is no sound YAML",
                "'- 120' # 1 # this must be a map with some of the keys tdp-leaf-clean",
            })
    void whatCannotBeIsOneSentenceWithTheLine(String text, int line, String sentence) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("mine.yaml, line " + line + ": ")
                .hasMessageContaining(sentence)
                .extracting(Throwable::getMessage)
                .asString()
                .hasLineCount(1);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> CostFile.read(folder.resolve("none.yaml")))
                .isInstanceOf(BadInputException.class)
                .hasMessage("There is no file of costs " + folder.resolve("none.yaml") + ".");
    }
}
