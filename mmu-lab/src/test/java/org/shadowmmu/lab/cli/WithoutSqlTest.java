package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without the optional module, as in this module's own tests, everything else works and SQL says what it needs. */
class WithoutSqlTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sql results/x from_trials", "export results/x --format parquet --out y"})
    void theSentenceSaysHowToGetIt(String command) {
        Lab lab = new Lab(folder);
        lab.file("x.yaml", "{name: x, policies: [fifo], workloads: [fits]}");
        assertThat(lab.run("run", "x.yaml", "--quiet")).isZero();
        assertThat(lab.run(command.split(" "))).isEqualTo(2);
        assertThat(lab.err())
                .isEqualTo(
                        "SQL and Parquet need the optional module mmu-lab-sql (DuckDB, 80 MB), which is not built; build"
                                + " it once with: ./mvnw -q -DskipTests -pl mmu-lab-sql -am package\n");
        assertThat(folder.resolve("y")).doesNotExist();
    }

    @Test
    void anUnknownFormatIsBadInput() {
        Lab lab = new Lab(folder);
        assertThat(lab.run("export", "nowhere", "--format", "xlsx")).isEqualTo(2);
        assertThat(lab.err()).isEqualTo("--format must be csv or parquet, not xlsx.\n");
    }
}
