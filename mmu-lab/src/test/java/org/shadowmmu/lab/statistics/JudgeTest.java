package org.shadowmmu.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Verdicts follow from figures that can be checked by hand. */
class JudgeTest {
    private static final Judge JUDGE = new Judge(0.01, false, 1);

    /** Totals 600 and 540: ten percent less. Residuals (after - 0.9 before) / 200: 0, 0.05, -0.05. */
    @Test
    void theChangeAndItsErrorAreThoseComputedByHand() {
        PairedSample sample = new PairedSample(new double[] {100, 200, 300}, new double[] {90, 190, 260});
        assertThat(sample.change()).isCloseTo(-0.1, within(1e-12));
        assertThat(sample.residuals()).containsExactly(new double[] {0, 0.05, -0.05}, within(1e-12));
        assertThat(sample.differences()).containsExactly(-10, -10, -40);
        assertThat(EffectSize.of(sample.differences()).standardised()).isCloseTo(-20 / Math.sqrt(300), within(1e-12));
        assertThat(sample.merged().candidate()).containsExactly(280);
        assertThat(Neighbours.lagOne(sample.residuals())).isCloseTo(-0.0025 / 0.005, within(1e-12));
    }

    /** With two trials each resample is one of four, and the interval reaches from the one trial to the other. */
    @Test
    void theIntervalOfTwoTrialsReachesFromOneToTheOther() {
        PairedSample sample = new PairedSample(new double[] {100, 100}, new double[] {80, 90});
        Interval interval = Bootstrap.bca(2, sample::changeOf, 0.95, 1);
        assertThat(interval.low()).isCloseTo(-0.2, within(1e-9));
        assertThat(interval.high()).isCloseTo(-0.1, within(1e-9));
    }

    @Test
    void aSteadyTenthLessIsBetterOrWorseAsTheFigureHasIt() {
        PairedSample less = scattered(30, 0.9, 0.02, 7);
        assertThat(verdict(less, true)).isEqualTo(Verdict.BETTER);
        assertThat(verdict(less, false)).isEqualTo(Verdict.WORSE);
        Answer answer = JUDGE.judge(List.of(new Question("faults", true, less))).get(0);
        assertThat(answer.interval().contains(-0.1)).isTrue();
        assertThat(answer.effect().less()).isEqualTo(1);
        assertThat(answer.adjusted()).isLessThan(1e-6);
    }

    @Test
    void aSureDifferenceBelowTheSmallestThatMattersIsCalledSo() {
        assertThat(verdict(scattered(30, 0.997, 0.001, 7), true)).isEqualTo(Verdict.TOO_SMALL);
    }

    @Test
    void noiseIsNoDifferenceAndThePowerNoteSaysHowManyTrialsWouldDo() {
        Answer answer = JUDGE.judge(List.of(new Question("faults", true, scattered(12, 1, 0.2, 3))))
                .get(0);
        assertThat(answer.verdict()).isEqualTo(Verdict.UNDETECTED);
        assertThat(answer.interval().within(0.01)).isFalse();
        assertThat(answer.needed()).isBetween(400L, 1500L);
        assertThat(answer.detectable()).isGreaterThan(0.05);
    }

    @Test
    void equalTrialsAreIdenticalAndWorkFromNothingIsWorse() {
        assertThat(verdict(new PairedSample(new double[] {5, 6}, new double[] {5, 6}), true))
                .isEqualTo(Verdict.IDENTICAL);
        assertThat(verdict(new PairedSample(new double[8], new double[] {1, 2, 3, 4, 5, 6, 7, 8}), true))
                .isEqualTo(Verdict.WORSE);
    }

    /** Holm: of many questions one needs more proof. Six pairs give at best p = 1/32; alone enough, not among two. */
    @Test
    void aQuestionMoreAsksForMoreProof() {
        Question six = new Question("a", true, scattered(6, 0.8, 0.01, 5));
        assertThat(JUDGE.judge(List.of(six)).get(0).verdict()).isEqualTo(Verdict.BETTER);
        List<Answer> both = JUDGE.judge(List.of(six, new Question("b", true, scattered(6, 1, 0.1, 6))));
        assertThat(both.get(0).p()).isCloseTo(1 / 32.0, within(1e-12));
        assertThat(both.get(0).verdict()).isEqualTo(Verdict.UNDETECTED);
    }

    @Test
    void neighboursThatTellOfEachOtherAreMerged() {
        double[] before = new double[40];
        double[] after = new double[40];
        Arrays.fill(before, 100);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 40; i++) {
            after[i] = i % 2 == 0 ? 90 + 10 * random.nextDouble() : after[i - 1];
        }
        PairedSample sample = new PairedSample(before, after);
        Neighbours merged = Neighbours.of(sample);
        assertThat(merged.stretches()).isEqualTo(2);
        assertThat(merged.sample().size()).isEqualTo(20);
        assertThat(merged.dependent()).isFalse();
        Question question = new Question("a", true, sample);
        Interval careless = JUDGE.judge(List.of(question)).get(0).interval();
        Interval careful =
                new Judge(0.01, true, 1).judge(List.of(question)).get(0).interval();
        assertThat(careful.high() - careful.low()).isGreaterThan(1.2 * (careless.high() - careless.low()));
    }

    @Test
    void theSameSeedGivesTheSameAnswer() {
        List<Question> question = List.of(new Question("a", true, scattered(30, 0.9, 0.2, 7)));
        assertThat(JUDGE.judge(question)).isEqualTo(JUDGE.judge(question));
        assertThat(new Judge(0.01, false, 2).judge(question).get(0).interval())
                .isNotEqualTo(JUDGE.judge(question).get(0).interval());
    }

    @Test
    void pairsAreNeeded() {
        assertThatThrownBy(() -> new PairedSample(new double[2], new double[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 and 3");
    }

    /** Of 95 % intervals about 95 in 100 contain the truth; skewed work, 20 trials, 1000 experiments. */
    @Test
    @Tag("long")
    void theIntervalsCoverTheTruthAsOftenAsTheySay() {
        int covered = 0;
        for (int experiment = 0; experiment < 1000; experiment++) {
            PairedSample sample = scattered(20, 0.9, 0.2, experiment);
            covered += Bootstrap.bca(20, sample::changeOf, 0.95, 1).contains(-0.1) ? 1 : 0;
        }
        assertThat(covered).isBetween(905, 970);
    }

    private static Verdict verdict(PairedSample sample, boolean lowerIsBetter) {
        return JUDGE.judge(List.of(new Question("figure", lowerIsBetter, sample)))
                .get(0)
                .verdict();
    }

    /** Pairs of unequal work around a true ratio. */
    private static PairedSample scattered(int trials, double ratio, double scatter, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<double[]> pairs = new ArrayList<>();
        for (int i = 0; i < trials; i++) {
            double work = 1000 * Math.exp(random.nextDouble());
            double noise = scatter * (random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5);
            pairs.add(new double[] {work, work * (ratio + noise)});
        }
        return new PairedSample(
                pairs.stream().mapToDouble(pair -> pair[0]).toArray(),
                pairs.stream().mapToDouble(pair -> pair[1]).toArray());
    }
}
