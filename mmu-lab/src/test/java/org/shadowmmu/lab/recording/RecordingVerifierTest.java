package org.shadowmmu.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.shadowmmu.lab.recording.Verification.Different;
import org.shadowmmu.lab.recording.Verification.Equal;
import org.shadowmmu.lab.recording.Verification.Unsupported;

class RecordingVerifierTest {
    static Stream<RecordingFile> micro() {
        return Recordings.micro().stream();
    }

    static Stream<RecordingFile> every() {
        return Recordings.below("").stream();
    }

    @ParameterizedTest
    @MethodSource("micro")
    void aMachineThatDoesAsRecordedIsEqual(RecordingFile file) {
        assertEqual(file);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("every")
    void aMachineThatDoesAsRecordedIsEqualOnEveryRecording(RecordingFile file) {
        assertEqual(file);
    }

    private static void assertEqual(RecordingFile file) {
        try (RecordingReader source = RecordingReader.open(file.path())) {
            Verification verification = new RecordingVerifier(
                            header -> new CopyingMachine(source), true, header -> true)
                    .verify(file.path(), file.name());

            assertThat(verification).isInstanceOf(Equal.class);
            Equal equal = (Equal) verification;
            assertThat(equal.operations()).isEqualTo(source.operations());
            assertThat(equal.events()).isEqualTo(source.events());
            assertThat(equal.tolerated()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // What the machine does otherwise     | instead                 | operation | line | kind | equal
                // events
                "gfn=0x100 level=1 spte=0xe67          | gfn=0x101 level=1 spte=0xe67 | 1 | 25 | event        | 2",
                "index=256                             | index=257               | 1         | 25 | event        | 2",
                "err=0x200000006                       | err=0x200000007         | 1         | 23 | event        | 0",
                "maxphyaddr=40                         | maxphyaddr=52           | 0         | 21 | result       | 0",
                "pf_taken=+1 pf_fixed=+1               | pf_taken=+1 pf_fixed=+2 | 1         | 27 | statistics   | 3",
                "pf_taken=+1 pf_fixed=+1               | pf_taken=+1             | 1         | 27 | statistics   | 3",
                "pf_taken=+1 pf_fixed=+1               | pf_taken=+1 pf_fixed=-1 | 1         | 27 | statistics   | 3",
                "valid_gen=0                           | valid_gen=1             | 3         | 34 | dump line    | 4",
                "100ff8 102027                         | 100ff8 102067           | -1        | 37 | final memory | 4",
                "100ff8 102027                         | 101000 102027           | -1        | 37 | final memory | 4",
            })
    void aChangedFieldIsTheFirstDifference(
            String from, String to, long operation, long line, String kind, long equalEvents) {
        Different different = differs(SmallRecording.TEXT, SmallRecording.TEXT.replace(from, to));

        assertThat(different.difference().operation()).isEqualTo(operation);
        assertThat(different.difference().line()).isEqualTo(line);
        assertThat(different.difference().kind()).isEqualTo(kind);
        assertThat(different.difference().expected()).contains(from);
        assertThat(different.difference().actual()).contains(to);
        assertThat(different.equalEvents()).isEqualTo(equalEvents);
        assertThat(different.operations()).isEqualTo(3);
        assertThat(different.events()).isEqualTo(4);
    }

    @Test
    void aDroppedEventIsShownWithWhatSurroundsIt() {
        String without = SmallRecording.TEXT
                .replace("  kvm_mmu_spte_requested gfn=0x100 level=1\n", "")
                .replace("events=4", "events=3");

        Difference difference = differs(SmallRecording.TEXT, without).difference();

        assertThat(difference.kind()).isEqualTo("event");
        assertThat(difference.operationText()).isEqualTo("op 1 W va=0x10000000 u=1");
        assertThat(difference.before())
                .containsExactly("  kvm_page_fault rip=0x7f0000001010 addr=0x100ff8 err=0x200000006");
        assertThat(difference.expected()).isEqualTo("  kvm_mmu_spte_requested gfn=0x100 level=1");
        assertThat(difference.actual()).startsWith("  kvm_mmu_set_spte gfn=0x100");
        assertThat(difference.expectedAfter()).first().asString().startsWith("  kvm_mmu_set_spte gfn=0x100");
        assertThat(difference.actualAfter()).first().isEqualTo("  = ok");
    }

    @Test
    void anAddedEventIsFoundInItsPlace() {
        String more = SmallRecording.TEXT
                .replace("  kvm_mmu_spte_requested", "  kvm_mmu_walker_error pferr=0x0\n  kvm_mmu_spte_requested")
                .replace("events=4", "events=5");

        Difference difference = differs(SmallRecording.TEXT, more).difference();

        assertThat(difference.line()).isEqualTo(24);
        assertThat(difference.expected()).startsWith("  kvm_mmu_spte_requested");
        assertThat(difference.actual()).isEqualTo("  kvm_mmu_walker_error pferr=0x0");
    }

    @Test
    void aMissingLastLineIsNoLine() {
        String withoutDump = SmallRecording.TEXT.replaceFirst("  dump root_mmu.*\n", "");
        String withoutFinal = SmallRecording.TEXT.replace("final 100ff8 102027\n", "");

        assertThat(differs(SmallRecording.TEXT, withoutDump).difference().actual())
                .isNull();
        assertThat(differs(withoutDump, SmallRecording.TEXT).difference().expected())
                .isNull();
        assertThat(differs(SmallRecording.TEXT, withoutFinal).difference().actual())
                .isNull();
        assertThat(differs(withoutFinal, SmallRecording.TEXT).difference().expected())
                .isEqualTo(null);
    }

    @Test
    void statisticsAreASet() {
        String otherOrder = SmallRecording.TEXT.replace(
                "stat pages_4k=+1 pf_taken=+1 pf_fixed=+1", "stat pf_fixed=+1 pages_4k=+1 pf_taken=+1");

        assertThat(verify(SmallRecording.TEXT, otherOrder)).isInstanceOf(Equal.class);
    }

    @Test
    void interruptsOfTheHostInTheRecordingAreLeftOut() {
        String interrupted = SmallRecording.TEXT.replace(
                "  kvm_mmu_spte_requested",
                "  kvm_nested_vmexit reason=0x60 info1=0x0 info2=0x0\n  kvm_mmu_spte_requested");

        assertThat(verify(interrupted, SmallRecording.TEXT)).isEqualTo(new Equal("small", 3, 4, 0));
    }

    @Test
    void otherNestedExitsAreCompared() {
        String nested = SmallRecording.TEXT
                .replace(
                        "  kvm_mmu_spte_requested",
                        "  kvm_nested_vmexit reason=0x600 info1=0x0 info2=0x0\n  kvm_mmu_spte_requested")
                .replace("events=4", "events=5");

        assertThat(differs(nested, SmallRecording.TEXT).difference().expected()).contains("reason=0x600");
    }

    @Test
    void flushRequestsOfRangeOperationsAreApproximateOnLinux612Only() {
        String op = "op 2 DONTNEED backing=0 off=0x0 len=0x1000 pop=0";
        String text = SmallRecording.TEXT
                .replace("op 2 R va=0x10000000", op)
                .replace("stat pf_taken=+1", "stat remote_tlb_flush_requests=+1 pf_taken=+1")
                .replace("pages_4k=+1 pf_taken", "pages_4k=+1 remote_tlb_flush_requests=+1 pf_taken");
        String text612 = text.replace("kernel 6.1.0-56", "kernel 6.12.117");
        String range = "stat remote_tlb_flush_requests=+1";

        assertThat(verify(text612, text612.replace(range, "stat remote_tlb_flush_requests=+2")))
                .isEqualTo(new Equal("small", 3, 4, 1));
        assertThat(verify(text612, text612.replace(range, "stat remote_tlb_flush_requests=+3")))
                .as("two more")
                .isInstanceOf(Different.class);
        assertThat(verify(text612, text612.replace(range + " ", "stat ")))
                .as("none at all")
                .isInstanceOf(Different.class);
        assertThat(verify(
                        text612,
                        text612.replace(
                                "pages_4k=+1 remote_tlb_flush_requests=+1",
                                "pages_4k=+1 remote_tlb_flush_requests=+2")))
                .as("an operation of a guest")
                .isInstanceOf(Different.class);
        assertThat(verify(text, text.replace(range, "stat remote_tlb_flush_requests=+2")))
                .as("Linux 6.1")
                .isInstanceOf(Different.class);
    }

    @Test
    void aMachineThatFailsIsADifference() {
        RecordedMachine failing = new RecordedMachine() {
            @Override
            public void execute(RecordedOp op, LineBuffer out) {
                if (op.number() == 1) {
                    out.text("  kvm_page_fault rip=0x7f0000001010 addr=0x100ff8 err=0x200000006")
                            .endLine();
                    throw new IllegalStateException("no such frame");
                }
                out.text("  = ok default-nr-mmu-pages=102 nr-mmu-pages=102 maxphyaddr=40")
                        .endLine();
            }

            @Override
            public void finalMemory(LineBuffer out) {}
        };

        Different different = (Different) verifier(failing).verify(Recordings.reader(SmallRecording.TEXT), "small");

        assertThat(different.difference().kind()).isEqualTo("machine failed");
        assertThat(different.difference().operation()).isEqualTo(1);
        assertThat(different.difference().expected()).startsWith("  kvm_mmu_spte_requested");
        assertThat(different.difference().actual()).startsWith("java.lang.IllegalStateException: no such frame at ");
        assertThat(different.equalEvents()).isEqualTo(1);
    }

    @Test
    void aViolatedInvariantIsADifference() {
        CopyingMachine copy = new CopyingMachine(Recordings.reader(SmallRecording.TEXT));
        RecordedMachine violating = new RecordedMachine() {
            private long operations;

            @Override
            public void execute(RecordedOp op, LineBuffer out) {
                operations++;
                copy.execute(op, out);
            }

            @Override
            public void finalMemory(LineBuffer out) {
                copy.finalMemory(out);
            }

            @Override
            public void audit(LineBuffer violations) {
                if (operations == 2) {
                    violations.text("INV-7: page 0x100 has no parent").endLine();
                }
            }
        };

        Different different = (Different) verifier(violating).verify(Recordings.reader(SmallRecording.TEXT), "small");

        assertThat(different.difference().kind()).isEqualTo("invariant violated");
        assertThat(different.difference().operation()).isEqualTo(1);
        assertThat(different.difference().actual()).isEqualTo("INV-7: page 0x100 has no parent");
        assertThat(different.equalEvents()).isEqualTo(3);
    }

    @Test
    void aModeThatIsNotBuiltIsUnsupported() {
        RecordingVerifier verifier = new RecordingVerifier(
                header -> {
                    throw new UnsupportedModeException("direct nested");
                },
                false,
                header -> true);

        assertThat(verifier.verify(Recordings.reader(SmallRecording.TEXT), "small"))
                .isEqualTo(new Unsupported("small", "direct nested"));
    }

    private static Different differs(String recording, String machine) {
        assertThat(machine).isNotEqualTo(recording);
        Verification verification = verify(recording, machine);
        assertThat(verification).isInstanceOf(Different.class);
        return (Different) verification;
    }

    private static Verification verify(String recording, String machine) {
        return verifier(new CopyingMachine(Recordings.reader(machine))).verify(Recordings.reader(recording), "small");
    }

    private static RecordingVerifier verifier(RecordedMachine machine) {
        return new RecordingVerifier(header -> machine, true, header -> true);
    }
}
