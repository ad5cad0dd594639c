package org.shadowmmu.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineBufferTest {
    private final LineBuffer lines = new LineBuffer();

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 9, 10, 15, 16, 99, 100, 0xfff, 0x1000, 1L << 32, 1L << 60, Long.MAX_VALUE, -1, Long.MIN_VALUE
            })
    void numbersReadAsJavaWritesThem(long value) {
        lines.hex(value)
                .text(' ')
                .bareHex(value)
                .text(' ')
                .decimal(value)
                .text(' ')
                .decimal(-value);

        assertThat(lines)
                .hasToString(
                        "0x" + Long.toHexString(value) + " " + Long.toHexString(value) + " " + value + " " + -value);
    }

    @Test
    void zeroHasAPrefixInEventsAndNoneInResults() {
        lines.hex(0).text(' ').shortHex(0).text(' ').shortHex(0x12);

        assertThat(lines).hasToString("0x0 0 0x12");
    }

    @Test
    void changesHaveASign() {
        lines.signed(5).text(' ').signed(-12).text(' ').signed(0);

        assertThat(lines).hasToString("+5 -12 +0");
    }

    @Test
    void linesAreRangesOfOneArray() {
        lines.text("first").endLine().endLine().text("third").endLine();

        assertThat(lines.lines()).isEqualTo(3);
        assertThat(lines.line(0)).isEqualTo("first");
        assertThat(lines.line(1)).isEmpty();
        assertThat(lines.line(2)).isEqualTo("third");
        assertThat(lines.isOpen()).isFalse();
    }

    @Test
    void clearingKeepsNothing() {
        lines.text("old").endLine();
        lines.clear();
        lines.text("new").endLine();

        assertThat(lines).hasToString("new\n");
        assertThat(lines.lines()).isOne();
    }

    @Test
    void growsWithItsContent() {
        for (int i = 0; i < 100_000; i++) {
            lines.text("line ").decimal(i).endLine();
        }

        assertThat(lines.lines()).isEqualTo(100_000);
        assertThat(lines.line(77_777)).isEqualTo("line 77777");
    }
}
