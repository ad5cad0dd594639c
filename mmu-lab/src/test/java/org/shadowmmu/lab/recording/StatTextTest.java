package org.shadowmmu.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;

class StatTextTest {
    private static final Map<String, Counter> BY_NAME =
            Arrays.stream(Counter.values()).collect(Collectors.toMap(Counter::kernelName, Function.identity()));

    static Stream<RecordingFile> micro() {
        return Recordings.micro().stream();
    }

    @ParameterizedTest
    @MethodSource("micro")
    void writesStatisticsAsRecorded(RecordingFile file) {
        LineBuffer out = new LineBuffer();
        Counters counters = new Counters(2);
        StatText text = new StatText(2);
        Recordings.text(file.path())
                .lines()
                .filter(line -> line.startsWith("  stat "))
                .forEach(line -> {
                    for (String word : line.substring("  stat ".length()).split(" ")) {
                        add(word, counters);
                    }
                    out.clear();
                    text.append(counters, out);
                    assertThat(out.toString()).isEqualTo(line + "\n");
                });
    }

    @Test
    void noChangeIsNoLine() {
        LineBuffer out = new LineBuffer();
        Counters counters = new Counters(1);
        counters.add(Counter.MMIO_EXITS, 0, 1);
        counters.max(Counter.MAX_MMU_RMAP_SIZE, 5);

        new StatText(1).append(counters, out);

        assertThat(out.length()).isZero();
    }

    private static void add(String word, Counters counters) {
        int vcpu = word.startsWith("v1.") ? 1 : 0;
        int equals = word.indexOf('=');
        Counter counter = BY_NAME.get(word.substring(vcpu == 1 ? 3 : 0, equals));
        assertThat(counter).as(word).isNotNull();
        long change = Long.parseLong(word.substring(equals + 1));
        if (counter.perVcpu()) {
            counters.add(counter, vcpu, change);
        } else {
            counters.add(counter, change);
        }
    }
}
