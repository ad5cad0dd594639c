package org.shadowmmu.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifyRunTest {
    /** Recordings whose name says so are said to differ; others are equal. */
    private static final List<String> DIFFERENT = List.of("micro-direct-long-mmio", "micro-direct-long-thp");

    @Test
    void theReportDoesNotDependOnTheNumberOfJobs() throws InterruptedException {
        String one = report(1, false);

        assertThat(report(7, false)).isEqualTo(one);
        assertThat(one).contains("differs").endsWith("% equal\n");
        assertThat(one.lines().filter(line -> line.startsWith("ok "))).hasSizeGreaterThan(10);
    }

    @Test
    void failFastEndsWithTheFirstRecordingThatDiffersWhateverTheNumberOfJobs() throws InterruptedException {
        String one = report(1, true);

        assertThat(report(7, true)).isEqualTo(one);
        assertThat(one.lines().filter(line -> line.startsWith("differs")))
                .singleElement()
                .asString()
                .contains("micro-direct-long-mmio");
    }

    private static String report(int jobs, boolean failFast) throws InterruptedException {
        List<RecordingFile> files = new ArrayList<>();
        for (RecordingFile file : Recordings.below("linux-6.1/micro")) {
            if (file.name().contains("micro-direct")) {
                files.add(file);
            }
        }
        StringWriter out = new StringWriter();
        new VerifyRun(verifier(), jobs, failFast).run(files, new VerifyTextReport(new PrintWriter(out)));
        return out.toString();
    }

    private static RecordingVerifier verifier() {
        return new RecordingVerifier(
                header -> {
                    CopyingMachine copy = new CopyingMachine(RecordingReader.open(
                            Recordings.root().resolve("linux-6.1/micro/" + header.name() + ".txt.gz")));
                    if (!DIFFERENT.contains(header.name())) {
                        return copy;
                    }
                    return new RecordedMachine() {
                        @Override
                        public void execute(RecordedOp op, LineBuffer out) {
                            copy.execute(op, out);
                            if (op.number() == 2) {
                                out.text("  dump more").endLine();
                            }
                        }

                        @Override
                        public void finalMemory(LineBuffer out) {}
                    };
                },
                false,
                header -> true);
    }
}
