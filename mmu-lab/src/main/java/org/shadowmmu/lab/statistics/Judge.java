package org.shadowmmu.lab.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Answers several questions about one pair of policies.
 *
 * <p>A difference is called one if the signed-rank test finds it after Holm's correction, at 5 %, and the 95 % interval lies
 * on one side of 0. It is called too small to matter only if the whole interval is inside the smallest effect that matters.
 *
 * @param smallest the smallest relative change that matters, such as 0.01
 * @param neighbours whether the trials are neighbouring stretches of one course, which may depend on each other
 * @param seed seed of the bootstrap
 */
public record Judge(double smallest, boolean neighbours, long seed) {
    /** The confidence of the intervals. */
    public static final double CONFIDENCE = 0.95;

    /** Answers, in the order of the questions. */
    public List<Answer> judge(List<Question> questions) {
        List<Neighbours> samples = new ArrayList<>();
        for (Question question : questions) {
            samples.add(neighbours ? Neighbours.of(question.sample()) : new Neighbours(question.sample(), 1, 0, false));
        }
        double[] p = samples.stream()
                .mapToDouble(each -> SignedRank.p(each.sample().differences()))
                .toArray();
        double[] adjusted = Holm.adjust(p);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < p.length; i++) {
            answers.add(answer(questions.get(i), samples.get(i), p[i], adjusted[i]));
        }
        return answers;
    }

    private Answer answer(Question question, Neighbours independent, double p, double adjusted) {
        PairedSample whole = question.sample();
        PairedSample sample = independent.sample();
        double change = whole.change();
        boolean finite = Double.isFinite(change);
        Interval interval = whole.identical()
                ? new Interval(0, 0)
                : finite
                        ? Bootstrap.bca(sample.size(), sample::changeOf, CONFIDENCE, seed)
                        : new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        double deviation = finite && !whole.identical() ? Deviation.of(sample.residuals()) : 0;
        return new Answer(
                question.key(),
                mean(whole.reference()),
                mean(whole.candidate()),
                change,
                interval,
                EffectSize.of(sample.differences()),
                p,
                adjusted,
                verdict(question, change, interval, adjusted),
                sample.size(),
                independent.stretches(),
                independent.dependent(),
                finite ? Power.detectable(sample.size(), deviation) : Double.POSITIVE_INFINITY,
                Power.trialsFor(smallest, deviation) * independent.stretches());
    }

    private Verdict verdict(Question question, double change, Interval interval, double adjusted) {
        if (question.sample().identical()) {
            return Verdict.IDENTICAL;
        }
        boolean oneSide = !interval.contains(0) || Double.isInfinite(change);
        if (adjusted > 1 - CONFIDENCE || !oneSide) {
            return Verdict.UNDETECTED;
        }
        if (interval.within(smallest)) {
            return Verdict.TOO_SMALL;
        }
        return change < 0 == question.lowerIsBetter() ? Verdict.BETTER : Verdict.WORSE;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }
}
