package org.shadowmmu.lab.trial;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.engine.policy.DecisionCounts;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyFailure;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.ReplayException;
import org.shadowmmu.lab.workload.ReplayTotals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one trial at a time, on the thread that calls; may be called from several threads. */
public final class TrialRunner {
    private static final Logger LOG = LoggerFactory.getLogger(TrialRunner.class);

    private static final String OUT_OF_MEMORY =
            "The trial needs more memory than this Java machine may use; start it with a larger -Xmx.";

    private final MachineSource machines;

    /** Runs trials on machines of these factories: the second is for workloads with virtual addresses. */
    @Inject
    public TrialRunner(MachineFactory machines, ShadowMachineFactory shadowMachines) {
        this.machines = new MachineSource(machines, shadowMachines);
    }

    /**
     * Runs a trial to its end. A failure of the policy, the stream or the machine is an outcome, not an exception.
     *
     * @param progress gets the number of accesses replayed since its last call
     * @param watch the watch of its policies
     * @param audit whether the machine is audited whenever progress is told, and at the end
     */
    public TrialOutcome run(Trial trial, LongConsumer progress, PolicyWatch watch, boolean audit) {
        long start = System.nanoTime();
        try {
            return replay(trial, progress, watch, audit, start);
        } catch (PolicyFailure e) {
            LOG.debug("Trial {} failed", trial.number(), e);
            boolean outOfMemory = e.getCause() instanceof OutOfMemoryError;
            return new TrialOutcome(failure(trial, String.valueOf(e.getMessage())), null, seconds(start), outOfMemory);
        } catch (ReplayException | BadInputException e) {
            LOG.debug("Trial {} failed", trial.number(), e);
            return failed(trial, String.valueOf(e.getMessage()), start);
        } catch (OutOfMemoryError e) {
            return new TrialOutcome(failure(trial, OUT_OF_MEMORY), null, seconds(start), true);
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            LOG.debug("Trial {} failed", trial.number(), e);
            return failed(trial, "The lab itself failed (" + e + "); --debug shows where.", start);
        }
    }

    private TrialOutcome replay(Trial trial, LongConsumer progress, PolicyWatch watch, boolean audit, long start) {
        Foresight foresight =
                trial.policy() == Trial.Policy.FORESIGHT && trial.workload() instanceof AccessStream stream
                        ? new Foresight(stream.tables(trial.seed()))
                        : null;
        Drive drive = trial.workload()
                .prepare(new Start(
                        machines,
                        trial.host(),
                        foresight == null
                                ? trial.policy().assignment()
                                : PolicyAssignment.of(PolicyChoice.inProcess(foresight)),
                        trial.quota().pagesFor(trial.workload().pages()),
                        trial.seed(),
                        watch,
                        null,
                        machine -> audit ? audited(machine, progress) : progress));
        if (foresight == null) {
            drive.run();
        } else {
            drive.run(foresight::before);
        }
        TrialMachine machine = drive.machine();
        TrialResult result = result(
                trial,
                TrialResult.Status.OK,
                null,
                metrics(machine, drive.totals()),
                counters(machine.counters()),
                decisions(machine.decisions()));
        return new TrialOutcome(result, drive.series(), seconds(start), false);
    }

    /** Tells progress, which happens between two operations, when the machine is sound. */
    private static LongConsumer audited(TrialMachine machine, LongConsumer progress) {
        return accesses -> {
            String violation = machine.audit();
            if (violation != null) {
                throw new ReplayException("The audit found that " + violation);
            }
            progress.accept(accesses);
        };
    }

    private static TrialOutcome failed(Trial trial, String sentence, long start) {
        return new TrialOutcome(failure(trial, sentence), null, seconds(start), false);
    }

    private static TrialResult failure(Trial trial, String sentence) {
        return result(trial, TrialResult.Status.FAILED, sentence, Map.of(), new TreeMap<>(), List.of());
    }

    /** The outcome of a trial in which a policy never returned. */
    TrialOutcome stuck(Trial trial, PolicyFailure failure, long start) {
        return failed(trial, String.valueOf(failure.getMessage()), start);
    }

    /** The outcome of a trial whose repetition gave other figures although every policy answered the same. */
    TrialOutcome unsteady(Trial trial) {
        return failed(
                trial,
                "The lab itself failed: a repetition of the trial gave other figures from the same answers.",
                System.nanoTime());
    }

    private static TrialResult result(
            Trial trial,
            TrialResult.Status status,
            @org.jspecify.annotations.Nullable String failure,
            Map<Metric, Long> metrics,
            SortedMap<String, Long> counters,
            List<TrialResult.DecisionUse> decisions) {
        return new TrialResult(
                trial.number(),
                trial.host(),
                trial.workload().name(),
                trial.quota().toString(),
                trial.policy().label(),
                trial.seed(),
                status,
                failure,
                metrics,
                counters,
                decisions);
    }

    private static Map<Metric, Long> metrics(TrialMachine machine, ReplayTotals totals) {
        Map<Metric, Long> metrics = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            long value = switch (metric) {
                case FAULTS -> totals.faults();
                case REPEATED_FAULTS -> totals.repeatedFaultingAccesses();
                case RECLAIMED -> totals.reclaimed();
                case ZAPPED -> totals.zapped();
                case CREATED -> totals.created();
                case MMU_TIME -> totals.mmuNanos();
                case DIRTY_PAGES -> totals.dirtyPages();
                case LONGEST_STEP -> machine.longestStep();
                case LONGEST_HOLD -> machine.longestHold();
                case MEAN_STALE -> totals.meanStale();
                case MEAN_REFERENCED -> totals.meanReferenced();
                case MEAN_MAPPED -> totals.meanMapped();
                case PEAK_MAPPED -> totals.peakMapped();
                case PEAK_USED -> totals.peakUsed();
                case QUOTA -> machine.quota();
                case ACCESSES -> totals.accesses();
                case DISTINCT_PAGES -> totals.distinctPages();
                case DEVICE_ACCESSES -> totals.deviceAccesses();
            };
            metrics.put(metric, value);
        }
        return metrics;
    }

    private static SortedMap<String, Long> counters(Counters counters) {
        SortedMap<String, Long> values = new TreeMap<>();
        for (Counter counter : Counter.values()) {
            values.put(counter.kernelName(), counters.get(counter));
        }
        return values;
    }

    private static List<TrialResult.DecisionUse> decisions(DecisionCounts counts) {
        List<TrialResult.DecisionUse> uses = new ArrayList<>();
        for (DecisionCounts.Answers answers : counts.answers()) {
            uses.add(new TrialResult.DecisionUse(answers.decision().id(), answers.policyId(), answers.asked()));
        }
        return uses;
    }

    private static double seconds(long start) {
        return Math.round((System.nanoTime() - start) / 1e6) / 1e3;
    }
}
