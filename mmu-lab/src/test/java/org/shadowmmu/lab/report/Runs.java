package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.TimeSeries;

/** Makes stored runs for tests of reports. */
final class Runs {
    private final List<Manifest.Policy> policies = new ArrayList<>();
    private final List<Manifest.Workload> workloads = new ArrayList<>();
    private final List<String> quotas = new ArrayList<>();
    private final List<TrialResult> trials = new ArrayList<>();
    private final Map<Integer, TimeSeries> series = new TreeMap<>();
    private String description = "What comes out?";
    private long mmuTime = 50;

    Runs description(String text) {
        description = text;
        return this;
    }

    /** Sets the MMU time of the trials that follow, in nanoseconds. */
    Runs mmuTime(long nanos) {
        mmuTime = nanos;
        return this;
    }

    Runs policy(String label, String... decisions) {
        policies.add(new Manifest.Policy(
                label,
                List.of(new Manifest.Part(
                        label,
                        "the policy " + label,
                        List.of(decisions),
                        Map.of(),
                        "0.1",
                        label + ".jar",
                        "",
                        "00ff"))));
        return this;
    }

    Runs workload(String name) {
        workloads.add(new Manifest.Workload(
                name,
                Manifest.Kind.STREAM,
                name + ".gpas.gz",
                "aa",
                "a guest named " + name,
                "6.1",
                "",
                Map.of(),
                1,
                4_000_000_000L,
                new Manifest.Region(0, 4_000_000_000L),
                1000,
                3,
                Map.of(),
                List.of(new Manifest.Marker(1, 2_000_000_000L))));
        return this;
    }

    /** Adds a trial; every figure other than those given is 50. */
    Runs trial(String workload, String quota, String policy, long faults, long reclaimed, String... asked) {
        if (!quotas.contains(quota)) {
            quotas.add(quota);
        }
        Map<Metric, Long> metrics = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            metrics.put(metric, 50L);
        }
        metrics.put(Metric.FAULTS, faults);
        metrics.put(Metric.MMU_TIME, mmuTime);
        metrics.put(Metric.RECLAIMED, reclaimed);
        metrics.put(Metric.QUOTA, quota.equals("default") ? 5242 : Long.parseLong(quota));
        List<TrialResult.DecisionUse> uses = new ArrayList<>();
        for (String decision : asked) {
            uses.add(new TrialResult.DecisionUse(decision, policy, 4));
        }
        add(workload, quota, policy, null, metrics, uses);
        series.put(trials.size() - 1, course(faults));
        return this;
    }

    Runs failed(String workload, String quota, String policy, String sentence) {
        if (!quotas.contains(quota)) {
            quotas.add(quota);
        }
        add(workload, quota, policy, sentence, Map.of(), List.of());
        return this;
    }

    private void add(
            String workload,
            String quota,
            String policy,
            @Nullable String failure,
            Map<Metric, Long> metrics,
            List<TrialResult.DecisionUse> uses) {
        trials.add(new TrialResult(
                trials.size(),
                Host.DEFAULT,
                workload,
                quota,
                policy,
                1,
                failure == null ? TrialResult.Status.OK : TrialResult.Status.FAILED,
                failure,
                metrics,
                new TreeMap<>(),
                uses));
    }

    private static TimeSeries course(long faults) {
        long[] mean = new long[41];
        long[] low = new long[41];
        long[] high = new long[41];
        long[] so = new long[41];
        for (int i = 0; i < 41; i++) {
            mean[i] = 20_000 + 1000 * (i * faults % 7);
            low[i] = mean[i] - 3000;
            high[i] = mean[i] + 2000;
            so[i] = faults * i / 40;
        }
        return new TimeSeries(100_000_000, mean, low, high, mean, low, high, so, so, so, so);
    }

    StoredRun run() {
        return new StoredRun(
                new Manifest(
                        Manifest.FORMAT,
                        "1",
                        "0.1",
                        "shadowmmu run test.yaml",
                        "test",
                        description,
                        policies,
                        workloads,
                        quotas,
                        List.of(Host.DEFAULT),
                        List.of(1L),
                        40,
                        trials.size()),
                trials,
                series);
    }

    /** Two policies that differ where the quota binds and not where it does not. */
    static Runs usual() {
        return new Runs()
                .policy("fifo", "reclaim-order", "memslot-zap")
                .policy("lru", "reclaim-order")
                .workload("web")
                .workload("gcc")
                .trial("web", "default", "fifo", 1000, 0, "memslot-zap")
                .trial("web", "default", "lru", 1000, 0)
                .trial("web", "64", "fifo", 8000, 700, "reclaim-order")
                .trial("web", "64", "lru", 5000, 500, "reclaim-order")
                .trial("gcc", "64", "fifo", 4000, 200, "reclaim-order")
                .trial("gcc", "64", "lru", 3800, 190, "reclaim-order");
    }
}
