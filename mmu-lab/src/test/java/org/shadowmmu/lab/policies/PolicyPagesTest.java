package org.shadowmmu.lab.policies;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.Parameter;
import org.shadowmmu.engine.host.LoadedPolicy;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.Project;

/** Every built-in policy has a page that says of it what its descriptor says. */
class PolicyPagesTest {
    @TempDir
    Path folder;

    @Test
    void everyParameterAndDecisionIsOnThePageOfItsPolicy() throws IOException {
        PolicyJars.builtIn(folder);
        try (PolicyCatalog catalog = new PolicyHost().load(List.of(folder))) {
            for (LoadedPolicy policy : catalog.policies()) {
                String page = Files.readString(Project.root().resolve("docs/policies/" + policy.id() + ".md"));
                assertThat(page).startsWith("# " + policy.id() + ": ");
                for (Parameter parameter : policy.descriptor().parameters()) {
                    assertThat(page)
                            .contains("| `" + parameter.name() + "` | " + parameter.meaning() + " | "
                                    + parameter.range() + " | " + parameter.defaultText() + " |");
                }
                for (Decision decision : policy.descriptor().decisions()) {
                    assertThat(page).contains("`" + decision.id() + "`");
                }
            }
        }
    }
}
