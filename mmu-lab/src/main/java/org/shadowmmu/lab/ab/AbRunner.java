package org.shadowmmu.lab.ab;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.policy.PolicyFailure;
import org.shadowmmu.lab.statistics.Judge;
import org.shadowmmu.lab.statistics.PairedSample;
import org.shadowmmu.lab.statistics.Question;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.trial.AccessStream;
import org.shadowmmu.lab.trial.MachineFactory;
import org.shadowmmu.lab.trial.MachineSource;
import org.shadowmmu.lab.trial.ManifestWriter;
import org.shadowmmu.lab.trial.ShadowMachineFactory;
import org.shadowmmu.lab.workload.FewestTables;
import org.shadowmmu.lab.workload.JobPart;
import org.shadowmmu.lab.workload.ReplayException;
import org.shadowmmu.lab.workload.Stretches;
import org.shadowmmu.lab.workload.TableString;

/** Carries out a comparison: replays on several threads, then the statistics. The result does not depend on the threads. */
public final class AbRunner {
    private final MachineSource machines;

    /** Runs on machines of these factories: the second is for streams with virtual addresses. */
    @Inject
    public AbRunner(MachineFactory machines, ShadowMachineFactory shadowMachines) {
        this.machines = new MachineSource(machines, shadowMachines);
    }

    /**
     * Runs everything.
     *
     * @param command the command that gives these results
     * @param jobs replays at the same time
     * @param replayed called after each replay, from any thread
     */
    public AbResult run(AbPlan plan, String command, int jobs, Runnable replayed) {
        ExecutorService threads = Executors.newFixedThreadPool(jobs, work -> {
            Thread thread = new Thread(work, "replay");
            thread.setDaemon(true);
            return thread;
        });
        try {
            return new Work(plan, threads, replayed).run(command);
        } finally {
            threads.shutdownNow();
        }
    }

    private final class Work {
        private final AbPlan plan;
        private final ExecutorService threads;
        private final Runnable replayed;

        Work(AbPlan plan, ExecutorService threads, Runnable replayed) {
            this.plan = plan;
            this.threads = threads;
            this.replayed = replayed;
        }

        AbResult run(String command) {
            List<Stretches> stretches = plan.streams().stream()
                    .map(stream -> Stretches.draw(JobPart.of(stream.survey()), plan.trials(), plan.seed()))
                    .toList();
            List<Future<TableString>> strings = new ArrayList<>();
            List<Future<Long>> bindings = new ArrayList<>();
            for (int s = 0; s < plan.streams().size(); s++) {
                AccessStream stream = plan.streams().get(s);
                Stretches drawn = stretches.get(s);
                strings.add(threads.submit(() -> tableString(stream)));
                bindings.add(
                        plan.quotas().contains(QuotaChoice.BINDING)
                                ? threads.submit(() -> bindingQuota(stream, drawn))
                                : threads.submit(() -> 0L));
            }
            List<Future<AbResult.Run>> runs = new ArrayList<>();
            Map<Integer, Long> pages = new HashMap<>();
            for (int s = 0; s < plan.streams().size(); s++) {
                AccessStream stream = plan.streams().get(s);
                Stretches drawn = stretches.get(s);
                TableString string = result(strings.get(s));
                long binding = result(bindings.get(s));
                for (QuotaChoice quota : plan.quotas()) {
                    long allowed = quota.equals(QuotaChoice.BINDING) ? binding : quota.pages();
                    pages.put(runs.size(), allowed);
                    for (Contender contender : plan.contenders()) {
                        runs.add(threads.submit(attempt(
                                contender.label(),
                                () -> Measurement.of(
                                        machines, stream, contender.choice(), allowed, drawn, plan.seed()))));
                    }
                    if (plan.bounds(stream)) {
                        runs.add(threads.submit(attempt(
                                "foresight",
                                () -> Measurement.withForesight(
                                        machines, stream, string, allowed, drawn, plan.seed()))));
                    }
                }
            }
            List<AbResult.Place> places = new ArrayList<>();
            int at = 0;
            for (int s = 0; s < plan.streams().size(); s++) {
                for (QuotaChoice quota : plan.quotas()) {
                    List<AbResult.Run> here = new ArrayList<>();
                    for (int c = 0; c < plan.contenders().size(); c++) {
                        here.add(result(runs.get(at++)));
                    }
                    AbResult.Run foresight = plan.bounds(plan.streams().get(s)) ? result(runs.get(at++)) : null;
                    places.add(place(plan.streams().get(s), quota, here, result(strings.get(s)), foresight));
                }
            }
            return new AbResult(
                    AbResult.FORMAT,
                    ManifestWriter.labVersion(),
                    command,
                    plan.trials(),
                    plan.seed(),
                    plan.smallest(),
                    plan.contenders().stream().map(AbRunner::facts).toList(),
                    streamFacts(stretches, strings),
                    places);
        }

        private List<AbResult.StreamFacts> streamFacts(List<Stretches> stretches, List<Future<TableString>> strings) {
            List<AbResult.StreamFacts> facts = new ArrayList<>();
            for (int s = 0; s < stretches.size(); s++) {
                AccessStream stream = plan.streams().get(s);
                facts.add(new AbResult.StreamFacts(
                        stream.name(),
                        stream.survey().sha256(),
                        stream.survey().header().description(),
                        stream.survey().entries(),
                        stream.survey().instructions(),
                        stretches.get(s).from(),
                        stretches.get(s).length(),
                        result(strings.get(s)).distinct()));
            }
            return facts;
        }

        private long bindingQuota(AccessStream stream, Stretches stretches) {
            Course course =
                    Measurement.of(machines, stream, plan.contenders().get(0).choice(), 0, stretches, plan.seed());
            replayed.run();
            long used = course.total().getOrDefault(Metric.PEAK_USED, 0L);
            return Math.max(org.shadowmmu.lab.experiment.QuotaEntry.SMALLEST, used);
        }

        private Callable<AbResult.Run> attempt(String label, Callable<Course> replay) {
            return () -> {
                try {
                    Course course = replay.call();
                    return new AbResult.Run(label, null, course.total(), course.stretches(), course.asked());
                } catch (PolicyFailure | ReplayException e) {
                    return new AbResult.Run(label, e.getMessage(), Map.of(), Map.of(), Map.of());
                } finally {
                    replayed.run();
                }
            };
        }

        private AbResult.Place place(
                AccessStream stream,
                QuotaChoice quota,
                List<AbResult.Run> runs,
                TableString string,
                AbResult.@Nullable Run foresight) {
            long pages = runs.stream()
                    .mapToLong(run -> run.totalOf(Metric.QUOTA))
                    .max()
                    .orElse(0);
            List<AbResult.Comparison> comparisons = new ArrayList<>();
            for (AbResult.Run run : runs.subList(1, runs.size())) {
                if (run.failure() == null && runs.get(0).failure() == null) {
                    comparisons.add(compare(runs.get(0), run));
                }
            }
            Long fewest = foresight == null || pages == 0 ? null : FewestTables.pages(string, pages);
            return new AbResult.Place(stream.name(), quota.word(), pages, runs, comparisons, fewest, foresight);
        }

        private AbResult.Comparison compare(AbResult.Run reference, AbResult.Run candidate) {
            List<Question> questions = new ArrayList<>();
            for (Metric metric : Measurement.METRICS) {
                questions.add(new Question(
                        metric.key(),
                        metric.better() == Metric.Better.LOWER,
                        new PairedSample(
                                reference.stretches().getOrDefault(metric, new double[plan.trials()]),
                                candidate.stretches().getOrDefault(metric, new double[plan.trials()]))));
            }
            return new AbResult.Comparison(
                    candidate.label(), new Judge(plan.smallest(), true, plan.seed()).judge(questions));
        }
    }

    private static TableString tableString(AccessStream stream) {
        TableString string = new TableString();
        stream.source().read(string);
        string.finish();
        return string;
    }

    private static AbResult.PolicyFacts facts(Contender contender) {
        return new AbResult.PolicyFacts(
                contender.label(),
                contender.choice().descriptor().summary(),
                contender.choice().settings(),
                contender.choice().origin().jar(),
                contender.choice().origin().sha256());
    }

    private static <T> T result(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the comparison was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a replay ended in a way it cannot: " + e.getCause(), e);
        }
    }
}
