package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.Project;

/** The core under the policy jar {@code fifo} is the recorded kernel, with every invariant holding after every operation. */
class FidelityTest {
    private static final Path RECORDINGS = Project.root().resolve("data/recordings");

    @TempDir
    private Path directory;

    private Lab lab;

    @BeforeEach
    void makeLab() {
        lab = new Lab(directory);
    }

    @Test
    void linux61EqualsItsMicroAndSmallRecordings() {
        assertThat(verify("linux-6.1/micro", "linux-6.1/small"))
                .isEqualTo("verified 107 files, 6931 operations, 67338 events: 100.00 % equal");
    }

    @Test
    void linux612EqualsItsMicroQuirkAndSmallRecordings() {
        assertThat(verify("linux-6.12/micro", "linux-6.12/quirk", "linux-6.12/small"))
                .isEqualTo("verified 157 files, 8131 operations, 80623 events: 100.00 % equal");
    }

    @Test
    void twoVirtualCpusEqualTheirMicroRecordings() {
        assertThat(verify("smp/micro", "linux-6.12/smp"))
                .isEqualTo("verified 64 files, 4020 operations, 51575 events: 100.00 % equal");
    }

    @Test
    void anotherPolicyIsNotTheKernel() {
        assertThat(lab.run(
                        "verify",
                        "--policy",
                        "leaf-first",
                        RECORDINGS.resolve("linux-6.1/micro").toString()))
                .isOne();
        assertThat(lab.out()).contains("micro-direct-long-memslot").contains("differs");
    }

    @Tag("long")
    @Test
    void everyRecordingIsEqual() {
        assertThat(verify("")).isEqualTo("verified 422 files, 492585 operations, 3157671 events: 100.00 % equal");
    }

    /** Verifies folders of recordings with the audit; returns the last line. */
    private String verify(String... folders) {
        List<String> arguments = new ArrayList<>(List.of("verify", "--audit"));
        for (String folder : folders) {
            arguments.add(RECORDINGS.resolve(folder).toString());
        }
        int code = lab.run(arguments.toArray(String[]::new));
        List<String> lines = lab.out().lines().toList();
        assertThat(code).as(lab.out()).isZero();
        return lines.get(lines.size() - 1);
    }
}
