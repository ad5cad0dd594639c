package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.lab.recording.CopyingMachine;
import org.shadowmmu.lab.recording.HostMode;
import org.shadowmmu.lab.recording.RecordedMachineFactory;
import org.shadowmmu.lab.recording.RecordingReader;
import org.shadowmmu.lab.recording.Recordings;
import org.shadowmmu.lab.recording.SmallRecording;
import org.shadowmmu.lab.recording.UnsupportedModeException;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class VerifyCommandTest {
    private static final String ALL_EQUAL = "verified 1 files, 3 operations, 4 events: 100.00 % equal";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private Path file;

    /** What the machine does, whatever is asked of it; shadow paging is not built. */
    private String machine = SmallRecording.TEXT;

    @BeforeEach
    void writeRecording() throws IOException {
        file = Files.writeString(directory.resolve("small.txt"), SmallRecording.TEXT);
    }

    @Test
    void anEqualRecordingIsOk() {
        assertThat(verify(file)).isZero();

        assertThat(out.toString().lines())
                .containsExactly("ok           " + file + "  3 operations, 4 events", ALL_EQUAL);
        assertThat(err.toString()).matches("wall clock: \\d+\\.\\d\\d s, \\d+ operations per second, \\d+ at a time\n");
    }

    @Test
    void theFirstDifferenceIsShownWithItsSurroundings() {
        machine = SmallRecording.TEXT.replace("spte=0xe67 rwxu=rwxu index=256", "spte=0xe47 rwxu=rwxu index=256");

        assertThat(verify(file)).isOne();

        assertThat(out).hasToString("""
                        differs      FILE  operation 1 of 3, line 25: event
                            operation      op 1 W va=0x10000000 u=1
                            equal          kvm_page_fault rip=0x7f0000001010 addr=0x100ff8 err=0x200000006
                            equal          kvm_mmu_spte_requested gfn=0x100 level=1
                            expected       kvm_mmu_set_spte gfn=0x100 level=1 spte=0xe67 rwxu=rwxu index=256
                            actual         kvm_mmu_set_spte gfn=0x100 level=1 spte=0xe47 rwxu=rwxu index=256
                                                                                      ^
                            expected next  = ok
                            expected next  stat pages_4k=+1 pf_taken=+1 pf_fixed=+1
                            actual next    = ok
                            actual next    stat pages_4k=+1 pf_taken=+1 pf_fixed=+1
                        different: 1 file
                        verified 1 files, 3 operations, 4 events: 50.00 % equal
                        """.replace("FILE", file.toString()));
    }

    @Test
    void aDifferenceInTheFinalMemoryIsNotAHundredPercent() {
        machine = SmallRecording.TEXT.replace("final 100ff8 102027", "final 100ff8 102067");

        assertThat(verify(file)).isOne();

        assertThat(out.toString())
                .contains("after the last operation, line 37: final memory")
                .contains("operation      guest memory after operation 3");
        assertThat(lastLine()).isEqualTo("verified 1 files, 3 operations, 4 events: 99.99 % equal");
    }

    @Test
    void aMalformedRecordingIsBadInputAndTheOthersAreCompared() throws IOException {
        Files.writeString(directory.resolve("bad.txt"), SmallRecording.TEXT.replace("op 2 R", "op 2 Q"));

        assertThat(verify(directory)).isEqualTo(2);

        assertThat(out.toString().lines())
                .containsExactly(
                        "bad input    " + directory.resolve("bad.txt")
                                + ":28: expected the name of an operation, found 'Q'.",
                        "ok           " + file + "  3 operations, 4 events",
                        "bad input: 1 file",
                        ALL_EQUAL);
    }

    @Test
    void aModeThatIsNotBuiltIsCountedByName() throws IOException {
        Files.writeString(directory.resolve("shadow.txt"), SmallRecording.TEXT.replace("mode direct", "mode shadow"));

        assertThat(verify(directory)).isOne();

        assertThat(out.toString()).contains("unsupported: 1 file (shadow 1)");
        assertThat(lastLine()).isEqualTo(ALL_EQUAL);
    }

    @Test
    void filtersLeaveOutWhatIsNotWanted() throws IOException {
        Files.writeString(directory.resolve("shadow.txt"), SmallRecording.TEXT.replace("mode direct", "mode shadow"));
        Files.writeString(
                directory.resolve("nested.txt"),
                SmallRecording.TEXT.replace(
                        "sregs", "nested vmcb=0x6000 hsave=0x7000 code=0x1000 cr3=0x2000 np=1\nsregs"));
        Files.writeString(directory.resolve("INDEX.txt"), "not a recording");
        Files.writeString(directory.resolve("README.md"), "not a recording");

        assertThat(verify(directory, "--mode", "direct", "--no-nested")).isZero();
        assertThat(lastLine()).isEqualTo(ALL_EQUAL);
        assertThat(out.toString()).contains("left out: 2 files");

        assertThat(verify(directory, "--exclude", "shadow*", "--exclude", "nested.txt"))
                .isZero();
        assertThat(lastLine()).isEqualTo(ALL_EQUAL);

        assertThat(verify(directory, "--nested")).isZero();
        assertThat(lastLine()).isEqualTo(ALL_EQUAL);

        assertThat(verify(directory, "--mode", "direct", "--mode", "tdpmmu")).isZero();
        assertThat(lastLine()).startsWith("verified 2 files");

        assertThat(verify(directory, "--mode", "tdpmmu")).isEqualTo(2);
        assertThat(err.toString()).contains("no recording is left to compare");
    }

    @Test
    void whatTheUserGetsWrongIsASentence() {
        assertThat(verify(directory.resolve("no"))).isEqualTo(2);
        assertThat(err.toString())
                .contains("no: expected a recording or a directory of recordings, found no such file.")
                .doesNotContain("Exception");

        assertThat(verify(file, "--mode", "ept")).isEqualTo(2);
        assertThat(err.toString()).contains("expected shadow, direct or tdpmmu, found 'ept'");

        assertThat(verify(file, "--jobs", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--jobs: expected a number from 1 on, found 0.");

        assertThat(verify(file, "--exclude", "{a")).isEqualTo(2);
        assertThat(err.toString()).contains("--exclude '{a': expected a glob");

        assertThat(execute()).isEqualTo(2);
        assertThat(execute("--unknown", file.toString())).isEqualTo(2);
    }

    @Test
    void jsonHasALinePerRecordingAndTheTotalsLast() {
        machine = SmallRecording.TEXT.replace("index=256", "index=7");

        assertThat(verify(file, "--json")).isOne();

        List<JsonNode> lines =
                out.toString().lines().map(new JsonMapper()::readTree).toList();
        assertThat(lines).hasSize(2);
        JsonNode difference = lines.get(0).get("difference");
        assertThat(lines.get(0).get("status").asString()).isEqualTo("differs");
        assertThat(lines.get(0).get("equalEvents").asLong()).isEqualTo(2);
        assertThat(difference.get("operation").asLong()).isEqualTo(1);
        assertThat(difference.get("actual").asString()).endsWith("index=7");
        assertThat(lines.get(1).get("type").asString()).isEqualTo("total");
        assertThat(lines.get(1).get("exitCode").asInt()).isOne();
        assertThat(lines.get(1).get("summary").asString())
                .isEqualTo("verified 1 files, 3 operations, 4 events: 50.00 % equal");
    }

    @Test
    void recordingsOfTheRepositoryAreFoundAndNamedByPath() {
        RecordedMachineFactory machines = header -> new CopyingMachine(
                RecordingReader.open(Recordings.root().resolve("linux-6.1/micro/" + header.name() + ".txt.gz")));

        int code = execute(
                machines, Recordings.root().resolve("linux-6.1/micro").toString(), "--mode", "direct", "--audit");

        assertThat(code).isZero();
        assertThat(lastLine()).startsWith("verified 23 files, ").endsWith(" events: 100.00 % equal");
    }

    private int verify(Path path, String... options) {
        String[] arguments = new String[options.length + 1];
        arguments[0] = path.toString();
        System.arraycopy(options, 0, arguments, 1, options.length);
        return execute(arguments);
    }

    private int execute(String... arguments) {
        return execute(
                header -> {
                    if (header.mode() == HostMode.SHADOW) {
                        throw new UnsupportedModeException("shadow");
                    }
                    return new CopyingMachine(Recordings.reader(machine));
                },
                arguments);
    }

    private int execute(RecordedMachineFactory machines, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        LabEnvironment environment = new LabEnvironment(directory, Optional.empty(), false, InstantSource.system());
        PolicyHost host = new PolicyHost();
        CommandLine.IFactory factory = new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type == PolicyNames.class
                        ? type.cast(new PolicyNames(environment, host))
                        : CommandLine.defaultFactory().create(type);
            }
        };
        return new CommandLine(new VerifyCommand(policies -> machines, host, environment), factory)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(withUpstreamRules(arguments));
    }

    private static String[] withUpstreamRules(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--policy=upstream";
        return all;
    }

    private String lastLine() {
        return out.toString().lines().reduce((first, second) -> second).orElse("");
    }
}
