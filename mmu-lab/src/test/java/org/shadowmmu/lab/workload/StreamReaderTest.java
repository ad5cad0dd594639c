package org.shadowmmu.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shadowmmu.lab.BadInputException;

class StreamReaderTest {
    @Test
    void everyRecordIsToldInOrder() throws IOException {
        StreamBytes stream = new StreamBytes()
                .slot(SlotChange.Operation.ADD, 0, 0, 262144, 0, "pc.ram", 0)
                .window(0, 2000)
                .access(EntryKind.FETCH, 0xFFFFF)
                .access(EntryKind.READ, 500)
                .access(EntryKind.WRITE, 3)
                .access(EntryKind.TABLE_READ, 1000)
                .event(1, 77)
                .event(2)
                .event(6, 31)
                .slot(SlotChange.Operation.DELETE, 1, 10, 1, 6, "vga.rom", 16)
                .raw(2);
        assertThat(linesOf(stream.packed()))
                .containsExactly(
                        "header test",
                        "ADD 0 0+262144 flags 0 pc.ram+0 vcpu -1",
                        "window 0 2000 666",
                        "FETCH 1048575",
                        "READ 500",
                        "WRITE 3",
                        "TABLE_READ 1000",
                        "CR3 77",
                        "INVLPG 0",
                        "MARKER 31",
                        "end",
                        "DELETE 1 10+1 flags 6 vga.rom+16 vcpu -1");
    }

    /** FORMAT.md: the three predictors are kept per virtual CPU and go on across windows and slot records. */
    @Test
    void predictorsArePerVirtualCpuAndOutliveWindows() throws IOException {
        StreamBytes stream = new StreamBytes()
                .window(0, 1)
                .access(EntryKind.READ, 100)
                .window(1, 1)
                .access(EntryKind.READ, 7)
                .slot(SlotChange.Operation.ADD, 0, 0, 1, 0, "b", 0)
                .window(0, 1)
                .entry(StreamBytes.zigzag(1) << 3)
                .window(1, 1)
                .entry(StreamBytes.zigzag(-2) << 3 | 1);
        assertThat(linesOf(stream.packed())).contains("READ 101", "WRITE 5");
    }

    @Test
    void aStreamMayEndWithoutItsEndRecord() throws IOException {
        assertThat(linesOf(
                        new StreamBytes().window(0, 5).access(EntryKind.READ, 1).packed()))
                .endsWith("READ 1", "end");
    }

    @Test
    void virtualAddressesAndTableEntriesAreDecoded() throws IOException {
        StreamBytes stream = new StreamBytes("{\"format\": \"gpas\", \"version\": 1, \"name\": \"v\", \"gva\": true}")
                .window(0, 9)
                .entry(StreamBytes.zigzag(40) << 3 | 2, StreamBytes.zigzag(-1) << 4 | 15)
                .entry(StreamBytes.zigzag(41) << 3, StreamBytes.zigzag(0x1234) << 4)
                .entry(StreamBytes.zigzag(9) << 3 | 3, 2 | 511 << 2 | 0x67L << 11, StreamBytes.zigzag(88))
                .entry(StreamBytes.zigzag(1) << 3 | 4, 5 | 1L << 9, StreamBytes.zigzag(-80));
        assertThat(linesOf(stream.packed()))
                .containsExactly(
                        "header v gva",
                        "window 0 9 3",
                        "FETCH 40 through ffffffffffffffff",
                        "READ 41 through 1234",
                        "walked 9 level 3 [511] flags 103 to 88",
                        "written 10 [5] flags 1 to 8",
                        "end");
    }

    @Test
    void aStreamLargerThanTheBufferIsReadWhole() throws IOException {
        StreamBytes stream = new StreamBytes();
        for (int w = 0; w < 3000; w++) {
            stream.window(0, 1000);
            for (int i = 0; i < 100; i++) {
                stream.access(EntryKind.READ, (long) w * i % 100_000);
            }
        }
        byte[] packed = stream.packed();
        long[] sum = new long[2];
        StreamReader.read("big", new ByteArrayInputStream(packed), new StreamVisitor() {
            @Override
            public void access(EntryKind kind, long gfn) {
                sum[0]++;
                sum[1] += gfn;
            }
        });
        long expected = 0;
        for (int w = 0; w < 3000; w++) {
            for (int i = 0; i < 100; i++) {
                expected += (long) w * i % 100_000;
            }
        }
        assertThat(stream.unpacked().length).isGreaterThan(1 << 18);
        assertThat(sum).containsExactly(300_000, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damagedStreams")
    void aDamagedStreamIsRefusedWithASentenceAndAPlace(String what, byte[] bytes, String sentence) {
        assertThatThrownBy(() -> linesOf(bytes))
                .isInstanceOf(StreamFormatException.class)
                .hasMessageStartingWith("a.gpas.gz is ")
                .hasMessageContaining(sentence)
                .hasMessageEndingWith(".");
    }

    static Stream<Arguments> damagedStreams() {
        byte[] good = new StreamBytes().window(0, 5).access(EntryKind.READ, 1).packed();
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 0x55;
        byte[] wrongSum = good.clone();
        wrongSum[good.length - 6] ^= 1;
        return Stream.of(
                Arguments.of("text", "hello".getBytes(StandardCharsets.UTF_8), "not a gzip file"),
                Arguments.of("empty", new byte[0], "not a gzip file"),
                Arguments.of("cut off", Arrays.copyOf(good, good.length - 9), "cut off: its gzip data ends after byte"),
                Arguments.of("flipped bits", flipped, "damaged: its gzip data is wrong"),
                Arguments.of("wrong checksum", wrongSum, "damaged: its gzip data is wrong"),
                Arguments.of("no line end", gzipOf("{\"format\": \"gpas\"}"), "the header line does not end"),
                Arguments.of("no JSON", gzipOf("gpas 1\n"), "its first line is no JSON"),
                Arguments.of(
                        "other format",
                        gzipOf("{\"format\": \"x\"}\n"),
                        "does not announce format \"gpas\", version 1"),
                Arguments.of(
                        "other version",
                        gzipOf("{\"format\": \"gpas\", \"version\": 2}\n"),
                        "does not announce format \"gpas\", version 1"),
                Arguments.of("unknown record", new StreamBytes().raw(3).packed(), "there is no record of kind 3"),
                Arguments.of(
                        "unknown kind",
                        new StreamBytes().window(0, 1).entry(5).packed(),
                        "there is no entry of kind 5 here"),
                Arguments.of(
                        "table write without virtual addresses",
                        new StreamBytes().window(0, 1).entry(4).packed(),
                        "there is no entry of kind 4 here"),
                Arguments.of(
                        "unknown event",
                        new StreamBytes().window(0, 1).entry(9 << 3 | 7).packed(),
                        "there is no event 9"),
                Arguments.of(
                        "overlong number",
                        new StreamBytes()
                                .rawBytes(0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2)
                                .packed(),
                        "a number has more than 64 bits (before byte 102 of the unpacked stream)"),
                Arguments.of(
                        "negative frame",
                        new StreamBytes()
                                .window(0, 1)
                                .entry(StreamBytes.zigzag(-1) << 3)
                                .packed(),
                        "a frame number lies outside 0 to"),
                Arguments.of(
                        "cut entry",
                        new StreamBytes().raw(0, 0, 1, 1, 2, 16).packed(),
                        "the stream ends in the middle of a record (before byte"),
                Arguments.of("cut window", new StreamBytes().raw(0, 0, 1).packed(), "ends in the middle of a record"),
                Arguments.of("cut slot", new StreamBytes().raw(1, 1, 0, 0).packed(), "ends in the middle of a record"),
                Arguments.of(
                        "cut name",
                        new StreamBytes().raw(1, 1, 0, 0, 1, 0, 0, 0, 0, 9).packed(),
                        "ends in the middle of a record"),
                Arguments.of(
                        "slot without pages",
                        new StreamBytes()
                                .slot(SlotChange.Operation.ADD, 0, 0, 0, 0, "b", 0)
                                .packed(),
                        "a slot has no pages"),
                Arguments.of(
                        "third address space",
                        new StreamBytes()
                                .slot(SlotChange.Operation.ADD, 2, 0, 1, 0, "b", 0)
                                .packed(),
                        "an address space is 2, more than the 1 allowed"),
                Arguments.of("bytes behind the end", new StreamBytes().raw(2, 0).packed(), "bytes behind the end"));
    }

    @Test
    void aMissingFileIsASentence(@TempDir Path folder) {
        Path file = folder.resolve("none.gpas.gz");
        assertThatThrownBy(() -> StreamReader.read(file, new Transcript()))
                .isInstanceOf(BadInputException.class)
                .hasMessage("There is no stream file " + file + ".");
    }

    @Test
    void aSurveyTellsWhatAReplayMustKnowBefore(@TempDir Path folder) throws IOException {
        StreamBytes stream = new StreamBytes()
                .slot(SlotChange.Operation.ADD, 0, 0, 100, 0, "ram", 50)
                .slot(SlotChange.Operation.ADD, 1, 0, 10, 0, "ram", 0)
                .slot(SlotChange.Operation.ADD, 0, 900, 4, 2, "rom", 0)
                .window(0, 1000)
                .access(EntryKind.READ, 1)
                .event(6, 1)
                .window(1, 500)
                .access(EntryKind.READ, 2)
                .access(EntryKind.WRITE, 2);
        Path file = stream.write(folder.resolve("s.gpas.gz"));
        StreamSurvey survey = StreamSurveyor.survey(file);
        assertThat(survey.header().name()).isEqualTo("test");
        assertThat(survey.bytes()).isEqualTo(Files.size(file));
        assertThat(survey.sha256()).hasSize(64);
        assertThat(survey.instructions()).isEqualTo(1500);
        assertThat(survey.entries()).isEqualTo(3);
        assertThat(survey.windows()).isEqualTo(2);
        assertThat(survey.slotChanges()).isEqualTo(3);
        assertThat(survey.vcpus()).isEqualTo(2);
        assertThat(survey.blocks())
                .containsExactly(new StreamSurvey.Block("ram", 150), new StreamSurvey.Block("rom", 4));
        assertThat(survey.markers()).containsExactly(new StreamSurvey.Marker(1, 1000));
    }

    private static List<String> linesOf(byte[] packed) throws IOException {
        Transcript transcript = new Transcript();
        StreamReader.read("a.gpas.gz", new ByteArrayInputStream(packed), transcript);
        return transcript.lines;
    }

    private static byte[] gzipOf(String text) {
        return StreamBytes.pack(text.getBytes(StandardCharsets.UTF_8));
    }
}
