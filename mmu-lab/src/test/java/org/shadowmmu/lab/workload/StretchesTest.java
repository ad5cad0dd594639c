package org.shadowmmu.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stretches divide a job evenly, and the meter tells of each of them once, in order. */
class StretchesTest {
    @Test
    void stretchesAreNeighboursInsideTheJobAndDependOnTheSeedAlone() {
        JobPart part = new JobPart(1000, 12_000);
        Stretches drawn = Stretches.draw(part, 10, 1);
        assertThat(drawn.length()).isEqualTo(1000);
        assertThat(drawn.begin(0)).isBetween(1000L, 2000L);
        assertThat(drawn.begin(10)).isEqualTo(drawn.begin(0) + 10_000).isLessThanOrEqualTo(12_000);
        assertThat(Stretches.draw(part, 10, 1)).isEqualTo(drawn);
        assertThat(Stretches.draw(part, 10, 2)).isNotEqualTo(drawn);
        assertThatThrownBy(() -> Stretches.draw(new JobPart(0, 5), 10, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theJobIsBetweenMarkerTenAndTheLastBelowThirty() {
        assertThat(JobPart.of(survey(1, 10, 12, 30))).isEqualTo(new JobPart(20, 30));
        assertThat(JobPart.of(survey(1, 20, 31))).isEqualTo(new JobPart(0, 1000));
        assertThat(JobPart.of(survey(10))).isEqualTo(new JobPart(10, 1000));
    }

    @Test
    void theMeterTellsOfEachStretchBeforeTheWindowThatBeginsIt() throws IOException {
        StreamBytes stream = new StreamBytes().slot(SlotChange.Operation.ADD, 0, 0, 512, 0, "ram", 0);
        for (int w = 0; w < 10; w++) {
            stream.window(0, 100).access(EntryKind.READ, w);
        }
        List<String> heard = new ArrayList<>();
        StretchMeter meter = new StretchMeter(
                new StreamVisitor() {
                    @Override
                    public void access(EntryKind kind, long gfn) {
                        heard.add("page " + gfn);
                    }
                },
                new Stretches(250, 300, 2),
                new StretchMeter.Listener() {
                    @Override
                    public void begins(int index) {
                        heard.add("stretch " + index);
                    }

                    @Override
                    public void probe(int index) {}
                });
        StreamReader.read("test", new ByteArrayInputStream(stream.raw(2).packed()), meter);
        meter.finish();
        assertThat(heard)
                .containsExactly(
                        "page 0",
                        "page 1",
                        "page 2",
                        "stretch 0",
                        "page 3",
                        "page 4",
                        "page 5",
                        "stretch 1",
                        "page 6",
                        "page 7",
                        "page 8",
                        "stretch 2",
                        "page 9");
    }

    private static StreamSurvey survey(long... markers) {
        List<StreamSurvey.Marker> list = new ArrayList<>();
        for (long marker : markers) {
            list.add(new StreamSurvey.Marker(marker, 10L * (list.size() + 1)));
        }
        return new StreamSurvey(new StreamHeader("s", "", "", "", "", false), "", 0, 1000, 0, 0, 0, 1, List.of(), list);
    }
}
