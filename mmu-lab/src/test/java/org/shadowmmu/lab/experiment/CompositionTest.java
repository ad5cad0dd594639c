package org.shadowmmu.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.lab.Project;

/** How experiments are made out of others: extends, suites, the command line, matrix and zip. */
class CompositionTest {
    private static final String BASE = "name: base\npolicies: [fifo, lru-moveup]\nworkloads: [web-1g]\n";

    @TempDir
    private Path folder;

    @Test
    void aFileExtendsAnotherAndReplacesWhatItSays() {
        file("shared/base.yaml", BASE + "quotas: [64]\nseeds: [5]\n");
        file("mine.yaml", "extends: shared/base.yaml\nname: mine\nquotas: [default]\n");
        Experiment experiment = read("mine.yaml").experiment();
        assertThat(experiment.name()).isEqualTo("mine");
        assertThat(experiment.policies()).hasToString("[fifo, lru-moveup]");
        assertThat(experiment.quotas()).containsExactly(QuotaEntry.DEFAULT);
        assertThat(experiment.seeds()).containsExactly(5L);
    }

    @Test
    void laterExtendedFilesReplaceEarlierOnesAndMapsAreLaidOverEachOther() {
        file("a.yaml", BASE + "seeds: [1]\nsuites: {quick: {quotas: [64]}, full: {quotas: [default]}}\n");
        file("b.yaml", "seeds: [2]\nsuites: {quick: {seeds: [9]}}\n");
        file("mine.yaml", "extends: [a.yaml, b.yaml]\n");
        assertThat(read("mine.yaml").experiment().seeds()).containsExactly(2L);
        Experiment quick = read("mine.yaml", "quick").experiment();
        assertThat(quick.seeds()).containsExactly(9L);
        assertThat(quick.quotas()).containsExactly(new QuotaEntry(64));
        assertThat(quick.name()).isEqualTo("base-quick");
    }

    @Test
    void relativePathsStartFromTheFileInWhichTheyAreWritten() {
        file("shared/base.yaml", BASE.replace("[web-1g]", "[./a.gpas.gz]"));
        file("mine.yaml", "extends: shared/base.yaml\n");
        assertThat(read("mine.yaml").variants().get(0).folderOf("/workloads/0")).isEqualTo(folder.resolve("shared"));
    }

    @Test
    void whatIsWrongInAnExtendedFileIsSaidWithItsNameAndLine() {
        file("shared/base.yaml", BASE + "\nbakcing: thp\n");
        file("mine.yaml", "extends: shared/base.yaml\nname: mine\n");
        assertThatThrownBy(() -> read("mine.yaml"))
                .isInstanceOf(ExperimentException.class)
                .hasMessage(folder + "/shared/base.yaml, line 5: unknown key 'bakcing'; did you mean 'backing'?");
        file("shared/base.yaml", BASE + "\nbacking: 2m\n");
        assertThatThrownBy(() -> read("mine.yaml"))
                .hasMessage(folder + "/shared/base.yaml, line 5: 'backing' must be 4k or thp, not '2m'.");
    }

    @Test
    void circlesAreFound() {
        file("a.yaml", BASE + "extends: sub/b.yaml\n");
        file("sub/b.yaml", "extends: ../a.yaml\n");
        assertThatThrownBy(() -> read("a.yaml"))
                .hasMessage(folder + "/sub/b.yaml, line 1: 'extends' goes round in a circle: a.yaml, b.yaml, a.yaml.");
        file("self.yaml", "\nextends: ./self.yaml\n");
        assertThatThrownBy(() -> read("self.yaml"))
                .hasMessageEndingWith("self.yaml, line 2: 'extends' goes round in a circle: self.yaml, self.yaml.");
    }

    @Test
    void aMatrixIsEveryCombinationAndAZipGoesTogether() {
        file("m.yaml", BASE + """
                matrix:
                  backing: [4k, thp]
                  era: [linux-6.1, linux-6.12]
                zip:
                  workloads: [boot-1g, db-1g]
                  quotas: [64, 100]
                """);
        assertThat(read("m.yaml").variants())
                .extracting(Variant::experiment)
                .extracting(one ->
                        one.backing().word() + " " + one.era().word() + " " + one.workloads() + " " + one.quotas())
                .containsExactly(
                        "4k linux-6.1 [boot-1g] [64]",
                        "4k linux-6.1 [db-1g] [100]",
                        "4k linux-6.12 [boot-1g] [64]",
                        "4k linux-6.12 [db-1g] [100]",
                        "thp linux-6.1 [boot-1g] [64]",
                        "thp linux-6.1 [db-1g] [100]",
                        "thp linux-6.12 [boot-1g] [64]",
                        "thp linux-6.12 [db-1g] [100]");
    }

    @Test
    void aPathLeadsIntoAPolicyByIdOrPlace() {
        file("m.yaml", BASE + "matrix:\n  policies.lru-moveup.parameters.on: [allocation, mapping]\n");
        assertThat(read("m.yaml").variants())
                .extracting(variant -> variant.experiment().policies().toString())
                .containsExactly("[fifo, lru-moveup(on=allocation)]", "[fifo, lru-moveup(on=mapping)]");
        assertThat(set(BASE, "policies.1.parameters.on=lookup").policies())
                .hasToString("[fifo, lru-moveup(on=lookup)]");
        assertThat(set(BASE, "policies.1=leaf-first").policies()).hasToString("[fifo, leaf-first]");
    }

    @Test
    void theCommandLineSetsKeys() {
        Experiment experiment = set(BASE, "quotas=[64, 5 per 1000]", "backing=thp", "seeds=[1..3]");
        assertThat(experiment.quotas()).hasToString("[64, 5 per 1000]");
        assertThat(experiment.backing()).isEqualTo(Backing.HUGE);
        assertThat(experiment.seeds()).containsExactly(1L, 2L, 3L);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            backing=2m            | 'backing' must be 4k or thp, not '2m'.
            bakcing=thp           | unknown key 'bakcing'; did you mean 'backing'?
            backing               | this must be a path, '=' and a value, such as backing=thp.
            backing.size=4        | 'backing.size' leads nowhere: "4k" has no 'size', it is a plain value.
            policies.lru.id=x     | there is no 'lru' on the path 'policies.lru.id'; there is fifo, lru-moveup; did you mean 'lru-moveup'?
            era=linux-6           | 'era' must be linux-6.1 or linux-6.12, not 'linux-6'; did you mean 'linux-6.1'?
            seeds=[9..1]          | a range of seeds goes up, by 100000 at most, not 9..1.
            quotas=[2 ms]         | a quota must be 'default', a whole number of 64 or more, a share such as '20 per 1000' or a size such as '1 MiB', not '2 ms'.
            mode=                 | there is no value after the '='.
            """)
    void aBadSettingIsNamedAsItWasTyped(String setting, String sentence) {
        assertThatThrownBy(() -> set(BASE + "backing: 4k\n", setting))
                .isInstanceOf(ExperimentException.class)
                .hasMessage("--set " + setting + ": " + sentence);
    }

    @Test
    void aSettingDoesNotSilentlyLoseAgainstAMatrix() {
        assertThatThrownBy(() -> set(BASE + "matrix: {backing: [4k, thp]}\n", "backing=thp"))
                .hasMessage(
                        "--set backing=thp: 'backing' varies in 'matrix' of the file; set 'matrix.backing' to a list"
                                + " instead.");
        assertThat(set(BASE + "matrix: {backing: [4k, thp]}\n", "matrix.backing=[thp]")
                        .backing())
                .isEqualTo(Backing.HUGE);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            extends: none.yaml                | 4 | 'extends' names a file that cannot be read: FOLDER/none.yaml.
            extends: {a: b}                   | 4 | 'extends' must be the path of an experiment file, relative to this one, or a list of them.
            matrix: [backing]                 | 4 | 'matrix' must be a map of paths to lists of values, not a list.
            matrix: {backing: thp}            | 4 | 'matrix' must be a map of paths to lists of values; 'backing' has no list of values.
            matrix: {backing: [4k, 2m]}       | 4 | 'backing' must be 4k or thp, not '2m'.
            matrix: {bakcing: [4k]}           | 4 | unknown key 'bakcing'; did you mean 'backing'?
            matrix: {name: [a, b]}            | 4 | 'name' cannot vary within a file.
            zip: {seeds: [1, 2], quotas: [64]} | 4 | the lists of 'zip' must be of one length: 'seeds' has 2 values, 'quotas' has 1.
            suites: {quick: {quotsa: [64]}}   | 4 | unknown key 'quotsa'; did you mean 'quotas'?
            suites: {quick: 64}               | 4 | the suite 'quick' must be a map of keys.
            suites: 64                        | 4 | 'suites' must be a map of suite names to maps of keys, not 64.
            sutes: {}                         | 4 | unknown key 'sutes'; did you mean 'suites'?
            """)
    void whatCannotBeComposedIsOneSentence(String line, int number, String sentence) {
        file("bad.yaml", BASE + line + "\n");
        assertThatThrownBy(() -> read("bad.yaml"))
                .isInstanceOf(ExperimentException.class)
                .hasMessage(
                        folder + "/bad.yaml, line " + number + ": " + sentence.replace("FOLDER", folder.toString()));
    }

    @Test
    void anUnknownSuiteNamesTheKnownOnes() {
        file("s.yaml", BASE + "suites: {quick: {quotas: [64]}, full: {}}\n");
        assertThatThrownBy(() -> read("s.yaml", "quik"))
                .hasMessage("--suite quik: there is no such suite in " + folder
                        + "/s.yaml; there is quick, full; did you mean 'quick'?");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "64 GiB, SIZE, 68719476736",
        "1.5 KiB, SIZE, 1536",
        "7B, SIZE, 7",
        "2 ms, TIME, 2000000",
        "0.5 s, TIME, 500000000",
        "3 µs, TIME, 3000",
        "20 per 1000, SHARE, 20",
        "1 per 100, SHARE, 10",
        "2.5 %, SHARE, 25"
    })
    void unitsAreUnderstood(String text, Quantity.Kind kind, long amount) {
        assertThat(Quantity.parse(text)).isEqualTo(new Quantity(kind, amount));
    }

    @ParameterizedTest
    @CsvSource({"64", "64 GB", "1.5 B", "1 per 3", "1 per 0", "-1 s", "99999999999 TiB"})
    void whatIsNoQuantityIsNot(String text) {
        assertThat(Quantity.parse(text)).isNull();
    }

    @Test
    void quotasHaveUnits() {
        assertThat(QuotaEntry.of("512 KiB")).isEqualTo(new QuotaEntry(128));
        assertThat(QuotaEntry.of("10 per 1000").pagesFor(1 << 20)).isEqualTo(10485);
        assertThat(QuotaEntry.of("1 %").pagesFor(1000)).isEqualTo(64);
    }

    @Test
    void theReferenceFileBinds() {
        Path reference = Project.root().resolve("experiments/reference.yaml");
        assertThat(ExperimentFile.read(reference).variants()).hasSize(8);
        assertThat(ExperimentFile.read(reference, new Overrides("one", List.of(), folder))
                        .variants())
                .hasSize(4);
        assertThat(ExperimentFile.read(reference, new Overrides("tdp", List.of(), folder))
                        .experiment()
                        .mode())
                .isEqualTo(Mode.TDPMMU);
    }

    private Experiment set(String text, String... settings) {
        file("set.yaml", text);
        return ExperimentFile.read(folder.resolve("set.yaml"), new Overrides(null, List.of(settings), folder))
                .experiment();
    }

    private ExperimentFile read(String name) {
        return read(name, null);
    }

    private ExperimentFile read(String name, @Nullable String suite) {
        return ExperimentFile.read(folder.resolve(name), new Overrides(suite, List.of(), folder));
    }

    private void file(String name, String text) {
        try {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
