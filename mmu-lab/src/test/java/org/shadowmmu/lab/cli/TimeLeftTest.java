package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimeLeftTest {
    private final AtomicLong seconds = new AtomicLong();
    private final StringWriter err = new StringWriter();

    @Test
    void aLineEveryFiveSecondsAndNoneAtTheEnd() {
        TimeLeft left = new TimeLeft(new PrintWriter(err), "recordings", 20, () -> seconds.get() * 1_000_000_000);
        for (int i = 0; i < 20; i++) {
            seconds.addAndGet(2);
            left.step();
        }
        assertThat(err.toString().lines()).hasSize(6).first().isEqualTo("3 of 20 recordings, about 34 s left");
        assertThat(err.toString())
                .contains("18 of 20 recordings, about 4 s left\n")
                .doesNotContain("20 of 20");
    }

    @Test
    void shortWorkIsQuiet() {
        TimeLeft left = new TimeLeft(new PrintWriter(err), "recordings", 400, () -> seconds.get() * 10_000_000);
        for (int i = 0; i < 400; i++) {
            seconds.incrementAndGet();
            left.step();
        }
        assertThat(err.toString()).isEmpty();
    }
}
