package org.shadowmmu.lab.ab;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
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
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
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
            List<Prepared> subjects = new ArrayList<>();
            for (Subject subject : plan.subjects()) {
                Stretches stretches = subject.seeded()
                        ? null
                        : Stretches.draw(JobPart.of(subject.stream().survey()), plan.trials(), plan.seed());
                Future<TableString> string = subject.seeded()
                        ? null
                        : threads.submit(() -> subject.stream().tables(plan.seed()));
                subjects.add(new Prepared(
                        subject,
                        stretches,
                        string,
                        plan.quotas().contains(QuotaChoice.BINDING)
                                ? threads.submit(() -> bindingQuota(subject, stretches))
                                : threads.submit(() -> 0L)));
            }
            List<List<Future<AbResult.Run>>> runs = new ArrayList<>();
            for (Prepared prepared : subjects) {
                long binding = result(prepared.binding());
                for (QuotaChoice quota : plan.quotas()) {
                    long allowed = quota.equals(QuotaChoice.BINDING) ? binding : quota.pages();
                    for (Contender contender : plan.contenders()) {
                        runs.add(trials(prepared, contender, allowed));
                    }
                    if (plan.bounds(prepared.subject())) {
                        runs.add(trials(prepared, null, allowed));
                    }
                }
            }
            List<AbResult.Place> places = new ArrayList<>();
            int at = 0;
            for (Prepared prepared : subjects) {
                for (QuotaChoice quota : plan.quotas()) {
                    List<AbResult.Run> here = new ArrayList<>();
                    for (int c = 0; c < plan.contenders().size(); c++) {
                        here.add(together(runs.get(at++)));
                    }
                    AbResult.Run foresight = plan.bounds(prepared.subject()) ? together(runs.get(at++)) : null;
                    places.add(place(prepared, quota, here, foresight));
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
                    subjects.stream().map(this::streamFacts).toList(),
                    places);
        }

        /** The trials of one policy, or without one of the order with foresight: one replay, or one per seed. */
        private List<Future<AbResult.Run>> trials(Prepared prepared, @Nullable Contender contender, long allowed) {
            String label = contender == null ? "foresight" : contender.label();
            Subject subject = prepared.subject();
            Stretches stretches = prepared.stretches();
            List<Future<AbResult.Run>> trials = new ArrayList<>();
            for (int i = 0; i < (subject.seeded() ? plan.trials() : 1); i++) {
                long seed = plan.seed() + i;
                trials.add(threads.submit(attempt(label, () -> {
                    if (contender != null) {
                        return Measurement.of(machines, subject, contender.choice(), allowed, stretches, seed);
                    }
                    TableString string =
                            prepared.string() == null ? subject.stream().tables(seed) : result(prepared.string());
                    return Measurement.withForesight(machines, subject, string, allowed, stretches, seed);
                })));
            }
            return trials;
        }

        private AbResult.StreamFacts streamFacts(Prepared prepared) {
            Manifest.Workload facts = prepared.subject().workload().facts();
            Stretches stretches = prepared.stretches();
            return new AbResult.StreamFacts(
                    facts.name(),
                    facts.kind(),
                    prepared.subject().host(),
                    facts.parameters(),
                    facts.sha256(),
                    facts.description(),
                    facts.accesses(),
                    facts.length(),
                    stretches == null ? facts.region().from() : stretches.from(),
                    stretches == null ? facts.length() - facts.region().from() : stretches.length(),
                    prepared.string() == null ? 0 : result(prepared.string()).distinct());
        }

        private long bindingQuota(Subject subject, @Nullable Stretches stretches) {
            Course course =
                    Measurement.of(machines, subject, plan.contenders().get(0).choice(), 0, stretches, plan.seed());
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
                Prepared prepared, QuotaChoice quota, List<AbResult.Run> runs, AbResult.@Nullable Run foresight) {
            long pages = runs.stream()
                    .mapToLong(run -> run.totalOf(Metric.QUOTA))
                    .max()
                    .orElse(0);
            List<AbResult.Comparison> comparisons = new ArrayList<>();
            for (AbResult.Run run : runs.subList(1, runs.size())) {
                if (run.failure() == null && runs.get(0).failure() == null) {
                    comparisons.add(
                            compare(runs.get(0), run, !prepared.subject().seeded()));
                }
            }
            Long fewest = foresight == null || pages == 0 ? null : fewest(prepared, pages);
            return new AbResult.Place(
                    prepared.subject().workload().name(), quota.word(), pages, runs, comparisons, fewest, foresight);
        }

        /** The bound on created pages; the mean over the seeds. */
        private long fewest(Prepared prepared, long pages) {
            if (prepared.string() != null) {
                return FewestTables.pages(result(prepared.string()), pages);
            }
            List<Future<Long>> bounds = new ArrayList<>();
            for (int i = 0; i < plan.trials(); i++) {
                long seed = plan.seed() + i;
                bounds.add(threads.submit(
                        () -> FewestTables.pages(prepared.subject().stream().tables(seed), pages)));
            }
            return Math.round(
                    bounds.stream().mapToLong(AbRunner::result).average().orElseThrow());
        }

        private AbResult.Comparison compare(AbResult.Run reference, AbResult.Run candidate, boolean neighbours) {
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
                    candidate.label(), new Judge(plan.smallest(), neighbours, plan.seed()).judge(questions));
        }
    }

    /**
     * A subject made ready.
     *
     * @param subject the subject
     * @param stretches those of a recorded stream
     * @param string the order in which a recorded stream needs tables
     * @param binding the quota that just binds, 0 if nobody asks
     */
    private record Prepared(
            Subject subject,
            @Nullable Stretches stretches,
            @Nullable Future<TableString> string,
            Future<Long> binding) {}

    /** Trials of one policy as one run: figures one after the other, whole runs as their mean. */
    private static AbResult.Run together(List<Future<AbResult.Run>> trials) {
        List<AbResult.Run> runs = trials.stream().map(AbRunner::result).toList();
        for (AbResult.Run run : runs) {
            if (run.failure() != null || runs.size() == 1) {
                return run;
            }
        }
        Map<Metric, Long> total = new EnumMap<>(Metric.class);
        Map<Metric, double[]> figures = new EnumMap<>(Metric.class);
        Map<String, Long> asked = new LinkedHashMap<>();
        for (Metric metric : runs.get(0).total().keySet()) {
            total.put(
                    metric,
                    Math.round(runs.stream()
                            .mapToLong(run -> run.totalOf(metric))
                            .average()
                            .orElseThrow()));
        }
        for (Metric metric : runs.get(0).stretches().keySet()) {
            figures.put(
                    metric,
                    runs.stream()
                            .flatMapToDouble(
                                    run -> Arrays.stream(run.stretches().getOrDefault(metric, new double[1])))
                            .toArray());
        }
        runs.forEach(run -> run.asked().forEach((decision, times) -> asked.merge(decision, times, Long::sum)));
        return new AbResult.Run(runs.get(0).label(), null, total, figures, asked);
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
