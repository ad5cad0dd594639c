package org.shadowmmu.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordingReaderTest {
    @TempDir
    Path directory;

    static Stream<RecordingFile> micro() {
        return Recordings.micro().stream();
    }

    @ParameterizedTest
    @MethodSource("micro")
    void givesBackEveryOperationAsItIsInTheFile(RecordingFile file) {
        StringBuilder read = new StringBuilder();
        long operations;
        long events;
        try (RecordingReader reader = RecordingReader.open(file.path())) {
            while (reader.next()) {
                read.append(reader.op()).append('\n');
                read.append(lines(reader));
            }
            read.append(lines(reader));
            operations = reader.operations();
            events = reader.events();
        }
        read.append("end ops=")
                .append(operations)
                .append(" events=")
                .append(events)
                .append('\n');

        String text = Recordings.text(file.path());
        assertThat(read.toString()).isEqualTo(text.substring(text.indexOf("op 0 SETUP")));
    }

    @Test
    void findsEveryRecordingOfTheRepository() {
        assertThat(Recordings.below("linux-6.1")).hasSize(166);
        assertThat(Recordings.below("")).hasSize(422);
    }

    @Test
    void headerTellsWhatTheFileSays() {
        RecordingHeader header = Recordings.reader(SmallRecording.TEXT).header();

        assertThat(header.name()).isEqualTo("small");
        assertThat(header.mode()).isEqualTo(HostMode.DIRECT);
        assertThat(header.guest()).isEqualTo(GuestKind.LONG);
        assertThat(header.moduleOptions())
                .containsEntry("kvm.nx_huge_pages", "off")
                .containsEntry("kvm_amd.npt", "1");
        assertThat(header.isOn("kvm.tdp_mmu")).isFalse();
        assertThat(header.backings()).containsExactly(new RecordingHeader.Backing(0, 0x800000, false));
        assertThat(header.slots()).containsExactly(new RecordingHeader.Slot(0, 0, 0x800000, 0, 0, 0));
        assertThat(header.stub()).isEqualTo(new RecordingHeader.Stub(0x1000, 0xffffffff81000000L, 0x7f0000001000L));
        assertThat(header.sregs()).isEqualTo(new RecordingHeader.Sregs(0x80010033L, 0x100000, 0x6b0, 0xd00));
        assertThat(header.finalRange()).isEqualTo(new RecordingHeader.Range(0x100000, 0x800000));
        assertThat(header.memory().count()).isEqualTo(2);
        assertThat(header.memory().gpa(1)).isEqualTo(0x100008);
        assertThat(header.memory().value(1)).isEqualTo(0x101027);
        assertThat(header.nested()).isNull();
        assertThat(header.vcpus()).isOne();
        assertThat(header.disabledQuirks()).isZero();
        assertThat(header.era()).isEqualTo(KernelEra.LINUX_6_1);
        assertThat(header.la57()).isFalse();
    }

    @Test
    void headersOfTheOtherFoldersAreUnderstood() {
        try (RecordingReader smp =
                        RecordingReader.open(Recordings.root().resolve("smp/micro/smp-direct-long-nested.txt.gz"));
                RecordingReader quirk = RecordingReader.open(
                        Recordings.root().resolve("linux-6.12/quirk/quirk-direct-long-nesttab_one.txt.gz"));
                RecordingReader la57 = RecordingReader.open(
                        Recordings.root().resolve("linux-6.1/la57/la57-direct-long5-mixed-s1.txt.gz"))) {
            assertThat(smp.header().vcpus()).isEqualTo(2);
            assertThat(smp.header().nested())
                    .isEqualTo(new RecordingHeader.Nested(0x6000, 0x7000, 0x1000, 0x2000, true));
            assertThat(quirk.header().disabledQuirks()).isEqualTo(0x80);
            assertThat(quirk.header().era()).isEqualTo(KernelEra.LINUX_6_12);
            assertThat(la57.header().la57()).isTrue();
            assertThat(la57.header().guest()).isEqualTo(GuestKind.LONG5);
        }
    }

    @Test
    void fillCodeIsBytes() {
        try (RecordingReader reader =
                RecordingReader.open(Recordings.root().resolve("linux-6.1/micro/micro-direct-long-memslot.txt.gz"))) {
            RecordingHeader.FillCode code = reader.header().fillCode();

            assertThat(code).isNotNull();
            assertThat(code.offset()).isEqualTo(0xfe0);
            assertThat(code.bytes()).hasSize(20).startsWith(0xf4, 0xeb, 0xfd).endsWith(0xeb, 0xfe);
        }
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of(
                        "oracle 1",
                        "oracle 2",
                        ":1: expected a recording of format version 1, that is 'oracle 1', found 'oracle 2'."),
                Arguments.of("mode direct", "mode ept", ":4: expected mode shadow, direct or tdpmmu, found 'ept'."),
                Arguments.of("mode direct\n", "", ":19: expected a header line 'mode' before this line, found none."),
                Arguments.of("quota 0", "quota 0\nquota 1", ":12: expected one line 'quota', found a second one."),
                Arguments.of("levels=4", "levels=5", ":8: expected levels=4 for a guest long, found 5."),
                Arguments.of("huge=0\n", "huge=2\n", ":9: expected huge= to be 0 or 1, found 2."),
                Arguments.of(
                        "flags=0 backing=0",
                        "flags=0 backing=7",
                        ":10: expected the id of a backing above, found backing=7."),
                Arguments.of(
                        "kernel 6.1.0-56",
                        "kernel 5.10.0-56",
                        ":17: expected a kernel of series 6.1 or 6.12, found '5.10.0-56-amd64'."),
                Arguments.of(
                        "m 1000 9090", "m 1000", ":15: expected a hexadecimal number of 1 to 16 digits, found ''."),
                Arguments.of("m 1000 9090", "m 1000 90g0", ":15: expected a hexadecimal number, found '90g0'."),
                Arguments.of("hostcpu qemu", "cpu qemu", ":18: expected a header line or 'op 0 SETUP', found 'cpu'."),
                Arguments.of("op 1 W", "op 1 JMP", ":22: expected the name of an operation, found 'JMP'."),
                Arguments.of(
                        "op 1 W va=0x10000000",
                        "op 1 W va=0x1000000g",
                        ":22: expected a hexadecimal number, found '0x1000000g'."),
                Arguments.of(
                        "op 2 R va=0x10000000",
                        "op 2 L2R va=0x10000000 ncr3=0x100000",
                        ":28: expected a header line 'nested' in a recording with operation L2R, found none."),
                Arguments.of(
                        "op 2 R va=0x10000000",
                        "op 2 DONTNEED backing=0 off=0x7ff000 len=0x2000 pop=0",
                        ":28: expected off= and len= to be whole pages inside backing 0, found off=0x7ff000 len=0x2000."),
                Arguments.of(
                        "op 2 R va=0x10000000",
                        "op 2 DONTNEED backing=0 off=0x800 len=0x1000 pop=0",
                        ":28: expected off= and len= to be whole pages inside backing 0, found off=0x800 len=0x1000."),
                Arguments.of("op 2 R", "op 4 R", ":28: expected operation 2, found operation 4."),
                Arguments.of(
                        "op 2 R va=0x10000000", "op 2 R va=0x10000000 vcpu=1", ":28: expected vcpu= below 1, found 1."),
                Arguments.of(
                        "op 3 DUMP\n  = ok\n",
                        "op 3 DUMP\n",
                        ":33: expected events, one result, statistics and dump lines in this order, found '  dump mmu"),
                Arguments.of("op 3 DUMP\n  = ok\n", "op 3 DUMP\n  = ok\n  = ok\n", ":34: expected events, one result,"),
                Arguments.of(
                        "  = ok\n  stat pf_taken=+1\n",
                        "  stat pf_taken=+1\n  = ok\n",
                        ":30: expected events, one result,"),
                Arguments.of(
                        "  = ok\n  stat pf_taken=+1\n",
                        "",
                        ":30: expected the result of operation 2 before this line, found none."),
                Arguments.of(
                        "  kvm_mmu_spte_requested",
                        " kvm_mmu_spte_requested",
                        ":24: expected two spaces and an event, a result, statistics or a dump line, found ' kvm"),
                Arguments.of(
                        "  kvm_mmu_spte_requested",
                        "  kvm_mmu_spte_wanted",
                        ":24: expected an event of the format, found 'kvm_mmu_spte_wanted gfn=0x100 level=1'."),
                Arguments.of(
                        "  kvm_mmu_spte_requested gfn=0x100 level=1",
                        "  kvm_mmu_spte_requested gfn 0x100 level=1",
                        ":24: expected an event with fields 'key=value', found 'gfn'."),
                Arguments.of(
                        "  kvm_mmu_spte_requested gfn=0x100 level=1",
                        "  kvm_mmu_spte_requested",
                        ":24: expected an event with fields 'key=value', found ''."),
                Arguments.of(
                        "  stat pages_4k=+1 pf_taken",
                        "  stat pages_4k= pf_taken",
                        ":27: expected statistics 'name=change', found 'pages_4k='."),
                Arguments.of(
                        "  dump root_mmu root_role",
                        "  dump roots root_role",
                        ":35: expected a dump line of the format, found 'dump roots root_role=0x3784"),
                Arguments.of(
                        "size=0x800000 huge=0",
                        "size=0x0 huge=0",
                        ":9: expected size= to be a number of whole pages of 4096 bytes, up to 0x1000000000, found 0x0."),
                Arguments.of(
                        "slot id=0 gpa=0x0 ",
                        "slot id=0 gpa=0x10 ",
                        ":10: expected gpa= to be a number of whole pages of 4096 bytes, up to 0x10000000000, found 0x10."),
                Arguments.of(
                        "gpa=0x0 size=0x800000",
                        "gpa=0x0 size=0x900000",
                        ":10: expected size= to be a number of whole pages of 4096 bytes, up to 0x800000, found 0x900000."),
                Arguments.of(
                        "boff=0x0\n",
                        "boff=0x1000\n",
                        ":10: expected boff= to be a number of whole pages of 4096 bytes, up to 0x0, found 0x1000."),
                Arguments.of(
                        "boff=0x0\n",
                        "boff=0x0\nslot id=1 gpa=0x7ff000 size=0x1000 flags=0 backing=0 boff=0x0\n",
                        ":11: expected a slot with an id and addresses of its own, found one that shares them with slot id=0."),
                Arguments.of("flags=0 backing=0", "flags=4 backing=0", ":10: expected flags= of 0 to 3, found 4."),
                Arguments.of(
                        "quota 0",
                        "backing id=0 size=0x1000 huge=0\nquota 0",
                        ":11: expected an id of 0 to 65535 that no other backing has, found id=0."),
                Arguments.of(
                        "quota 0",
                        "fillcode off=0xfff bytes=9090\nquota 0",
                        ":11: expected bytes that end within a page of 4096, found off=4095."),
                Arguments.of(
                        "final 100ff8 102027",
                        "final 100000 102027",
                        ":37: expected final lines in ascending order, found 'final 100000 102027'."),
                Arguments.of(
                        "final 100ff8 102027",
                        "finally",
                        ":37: expected an operation, a final line or 'end ops=N events=N', found 'finally'."),
                Arguments.of("end ops=3", "end ops=4", ":38: expected ops=3 as read, found ops=4."),
                Arguments.of("events=4", "events=5", ":38: expected events=4 as read, found events=5."),
                Arguments.of(
                        "events=4\n",
                        "events=4",
                        ":38: expected a line feed at the end of the line, and 'end ops=N events=N' at the end of the file, found 'end"),
                Arguments.of(
                        "events=4\n", "events=4\nmore\n", ":39: expected nothing after the end line, found 'more'."),
                Arguments.of(
                        "end ops=3 events=4\n",
                        "",
                        ":38: expected 'end ops=N events=N' as the last line, found the end of the file."));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(String from, String to, String sentence) {
        String text = SmallRecording.TEXT.replace(from, to);
        assertThat(text).isNotEqualTo(SmallRecording.TEXT);

        assertThatThrownBy(() -> readAll(text))
                .isInstanceOf(MalformedRecordingException.class)
                .hasMessageStartingWith("small.txt" + sentence);
    }

    @Test
    void everyTruncationIsNoticed() {
        for (int length = 0; length < SmallRecording.TEXT.length(); length++) {
            String text = SmallRecording.TEXT.substring(0, length);

            assertThatThrownBy(() -> readAll(text)).isInstanceOf(MalformedRecordingException.class);
        }
    }

    @Test
    void commentsAreSkipped() {
        assertThat(readAll(SmallRecording.TEXT.replace("op 2 R", "# a comment\nop 2 R")))
                .isEqualTo(3);
    }

    @Test
    void theVersionComesFirst() {
        assertThatThrownBy(() -> readAll("# Notes\n" + SmallRecording.TEXT))
                .hasMessage(
                        "small.txt:1: expected a recording of format version 1, that is 'oracle 1', found '# Notes'.");
        assertThatThrownBy(() -> readAll(""))
                .hasMessage("small.txt:1: expected 'end ops=N events=N' as the last line, found the end of the file.");
    }

    @Test
    void aFileWithoutLinesIsNotReadToItsEnd() {
        assertThatThrownBy(() -> readAll("x".repeat(40_000_000)))
                .isInstanceOf(MalformedRecordingException.class)
                .hasMessageContaining(":1: expected a line of at most 16777216 characters, found 'xxx");
    }

    @Test
    void interruptsOfTheHostAreNotCounted() {
        String interrupted = SmallRecording.TEXT.replace(
                "  kvm_mmu_spte_requested",
                "  kvm_nested_vmexit reason=0x60 info1=0x0 info2=0x0\n  kvm_mmu_spte_requested");

        try (RecordingReader reader = Recordings.reader(interrupted)) {
            assertThat(reader.next() && reader.next()).isTrue();
            assertThat(reader.opEvents()).isEqualTo(3);
            assertThat(reader.opHasIgnored()).isTrue();
        }
        assertThat(readAll(interrupted)).as("end line without them").isEqualTo(3);
        assertThat(readAll(interrupted.replace("events=4", "events=5")))
                .as("end line with them")
                .isEqualTo(3);
    }

    @Test
    void damagedGzipIsASentence() throws IOException {
        byte[] bytes =
                Files.readAllBytes(Recordings.root().resolve("linux-6.1/micro/micro-direct-long-memslot.txt.gz"));
        Path truncated = Files.write(directory.resolve("truncated.txt.gz"), Arrays.copyOf(bytes, bytes.length / 2));
        bytes[bytes.length / 2] ^= 0x55;
        Path damaged = Files.write(directory.resolve("damaged.txt.gz"), bytes);
        Path plain = Files.writeString(directory.resolve("plain.txt.gz"), SmallRecording.TEXT);

        assertThatThrownBy(() -> readAll(truncated))
                .isInstanceOf(MalformedRecordingException.class)
                .hasMessageMatching(".*truncated.txt.gz:[1-9][0-9]*: expected more lines, but reading failed: .*");
        assertThatThrownBy(() -> readAll(damaged)).isInstanceOf(MalformedRecordingException.class);
        assertThatThrownBy(() -> readAll(plain))
                .isInstanceOf(MalformedRecordingException.class)
                .hasMessageEndingWith("plain.txt.gz: expected a recording, but reading failed: Not in GZIP format.");
    }

    @Test
    void aMissingFileIsASentence() {
        assertThatThrownBy(() -> RecordingReader.open(directory.resolve("no.txt")))
                .isInstanceOf(MalformedRecordingException.class)
                .hasMessageEndingWith("no.txt: expected a recording, found no such file.");
    }

    private static long readAll(String text) {
        return readAll(Recordings.reader(text));
    }

    private static long readAll(Path file) {
        return readAll(RecordingReader.open(file));
    }

    private static long readAll(RecordingReader reader) {
        try (reader) {
            while (reader.next()) {
                assertThat(reader.op().number()).isEqualTo(reader.operations());
            }
            return reader.operations();
        }
    }

    private static String lines(RecordingReader reader) {
        return new String(reader.bytes(), reader.from(), reader.to() - reader.from(), StandardCharsets.US_ASCII);
    }
}
