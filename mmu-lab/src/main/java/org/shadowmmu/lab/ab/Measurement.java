package org.shadowmmu.lab.ab;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.DecisionCounts;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.trial.Drive;
import org.shadowmmu.lab.trial.Foresight;
import org.shadowmmu.lab.trial.MachineSource;
import org.shadowmmu.lab.trial.Start;
import org.shadowmmu.lab.trial.TrialMachine;
import org.shadowmmu.lab.workload.ReplayException;
import org.shadowmmu.lab.workload.ReplayTotals;
import org.shadowmmu.lab.workload.StretchMeter;
import org.shadowmmu.lab.workload.Stretches;
import org.shadowmmu.lab.workload.TableString;

/** Runs a workload under one policy and reads its figures: at the ends of stretches, or at the end. */
final class Measurement implements StretchMeter.Listener {
    /** The figures that are read. */
    static final List<Metric> METRICS = List.of(
            Metric.FAULTS,
            Metric.REPEATED_FAULTS,
            Metric.RECLAIMED,
            Metric.ZAPPED,
            Metric.MMU_TIME,
            Metric.MEAN_REFERENCED);

    private final TrialMachine machine;
    private final Drive drive;
    private final Map<Metric, double[]> figures = new EnumMap<>(Metric.class);
    private final Map<Metric, Double> begun = new EnumMap<>(Metric.class);
    private final int count;
    private double referenced;
    private int probes;

    private Measurement(Drive drive, int count) {
        this.drive = drive;
        machine = drive.machine();
        this.count = count;
        METRICS.forEach(metric -> figures.put(metric, new double[count]));
    }

    /**
     * Replays under a policy.
     *
     * @param quota the number of shadow pages, 0 for the default
     * @param stretches those of a recorded stream; null if the whole run is one trial
     * @throws org.shadowmmu.engine.policy.PolicyFailure if the policy breaks its contract
     * @throws ReplayException if the stream and the machine do not fit
     */
    static Course of(
            MachineSource machines,
            Subject subject,
            PolicyChoice choice,
            long quota,
            @Nullable Stretches stretches,
            long seed) {
        return run(machines, subject, choice, quota, stretches, seed, null);
    }

    /** Replays under the order that knows the stream. */
    static Course withForesight(
            MachineSource machines,
            Subject subject,
            TableString string,
            long quota,
            @Nullable Stretches stretches,
            long seed) {
        Foresight foresight = new Foresight(string);
        return run(machines, subject, PolicyChoice.inProcess(foresight), quota, stretches, seed, foresight);
    }

    private static Course run(
            MachineSource machines,
            Subject subject,
            PolicyChoice choice,
            long quota,
            @Nullable Stretches stretches,
            long seed,
            @Nullable Foresight foresight) {
        Drive drive = subject.workload()
                .prepare(new Start(
                        machines,
                        subject.host(),
                        PolicyAssignment.of(choice),
                        quota,
                        seed,
                        new PolicyWatch(),
                        null,
                        machine -> accesses -> {}));
        Measurement measurement = new Measurement(drive, stretches == null ? 1 : stretches.count());
        if (stretches != null) {
            StretchMeter[] meter = new StretchMeter[1];
            drive.run(visitor -> meter[0] =
                    new StretchMeter(foresight == null ? visitor : foresight.before(visitor), stretches, measurement));
            meter[0].finish();
        } else {
            if (foresight == null) {
                drive.run();
            } else {
                drive.run(foresight::before);
            }
            measurement.takeRegion();
        }
        return new Course(
                measurement.figures, measurement.totals(), asked(drive.machine().decisions(), choice));
    }

    /** The figures of a whole run, in the region of its workload. */
    private void takeRegion() {
        ReplayTotals totals = drive.totals();
        for (Metric metric : METRICS) {
            figures.put(metric, new double[] {
                switch (metric) {
                    case FAULTS -> totals.faults();
                    case REPEATED_FAULTS -> totals.repeatedFaultingAccesses();
                    case RECLAIMED -> totals.reclaimed();
                    case ZAPPED -> totals.zapped();
                    case MMU_TIME -> totals.mmuNanos();
                    case MEAN_REFERENCED -> totals.meanReferenced();
                    default -> throw new AssertionError(metric);
                }
            });
        }
    }

    @Override
    public void begins(int index) {
        for (Metric metric : METRICS) {
            double now = now(metric);
            double before = begun.getOrDefault(metric, 0.0);
            if (index > 0) {
                double[] stretch = figures.getOrDefault(metric, new double[count]);
                stretch[index - 1] = metric == Metric.MEAN_REFERENCED ? referenced / Math.max(1, probes) : now - before;
            }
            begun.put(metric, now);
        }
        referenced = 0;
        probes = 0;
    }

    @Override
    public void probe(int index) {
        referenced += machine.referencedPages();
        probes++;
    }

    private double now(Metric metric) {
        return switch (metric) {
            case FAULTS -> machine.faults();
            case REPEATED_FAULTS -> drive.totals().repeatedFaultingAccesses();
            case RECLAIMED -> machine.reclaimed();
            case ZAPPED -> machine.counters().get(Counter.MMU_SHADOW_ZAPPED);
            case MMU_TIME -> machine.mmuNanos();
            default -> 0;
        };
    }

    private Map<Metric, Long> totals() {
        Map<Metric, Long> totals = new EnumMap<>(Metric.class);
        totals.put(Metric.FAULTS, machine.faults());
        totals.put(Metric.RECLAIMED, machine.reclaimed());
        totals.put(Metric.CREATED, machine.counters().get(Counter.MMU_CACHE_MISS));
        totals.put(Metric.PEAK_USED, drive.totals().peakUsed());
        totals.put(Metric.QUOTA, machine.quota());
        return totals;
    }

    private static Map<String, Long> asked(DecisionCounts counts, PolicyChoice choice) {
        Map<String, Long> asked = new LinkedHashMap<>();
        for (DecisionCounts.Answers answers : counts.answers()) {
            if (choice.descriptor().decisions().contains(answers.decision())) {
                asked.put(answers.decision().id(), answers.asked());
            }
        }
        return asked;
    }
}
