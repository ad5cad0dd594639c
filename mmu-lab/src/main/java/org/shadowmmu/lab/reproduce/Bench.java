package org.shadowmmu.lab.reproduce;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.trial.PolicySource;

/**
 * Where one story measures: it makes the machines, keeps a meter on each, and runs measurements that do not depend on one
 * another side by side. Policies come from jars, rules that no jar has from the stories.
 *
 * <p>A measurement makes its machines itself, on the thread that runs it, and tells numbers; a machine that it told would be
 * kept until the end.
 */
public final class Bench {
    private static final long SEED = 1;

    private final PolicySource jars;
    private final CostModel costs;
    private final Workers workers;
    private final Runnable ended;
    private final SimulatedTime simulated = new SimulatedTime();
    private final LongAdder busyNanos = new LongAdder();
    /** Measurements that have not ended, and one more until all are started. */
    private final AtomicInteger open = new AtomicInteger(1);

    private final AtomicBoolean failed = new AtomicBoolean();

    /**
     * Makes a bench.
     *
     * @param jars where policies come from
     * @param costs what findings about time are priced with
     * @param workers the threads, which other benches may use as well
     * @param ended told once, by any thread, when every measurement of the story ended well
     */
    public Bench(PolicySource jars, CostModel costs, Workers workers, Runnable ended) {
        this.jars = jars;
        this.costs = costs;
        this.workers = workers;
        this.ended = ended;
    }

    /** What findings about time are priced with. */
    CostModel costs() {
        return costs;
    }

    /** A finding about time, under the bench's costs. */
    Finding priced(Function<CostModel, Finding> pricing) {
        return Finding.priced(costs, pricing);
    }

    /** Starts a measurement. It must not wait for another one. */
    <T> Pending<T> start(Supplier<T> measurement) {
        open.incrementAndGet();
        return workers.start(() -> timed(measurement));
    }

    private <T> T timed(Supplier<T> measurement) {
        long begin = System.nanoTime();
        boolean well = false;
        try {
            T told = measurement.get();
            well = true;
            return told;
        } finally {
            busyNanos.add(System.nanoTime() - begin);
            failed.compareAndSet(false, !well);
            close();
        }
    }

    /** No measurement will be started any more. */
    void allStarted() {
        close();
    }

    private void close() {
        if (open.decrementAndGet() == 0 && !failed.get()) {
            ended.run();
        }
    }

    /** How long threads were busy with measurements of this bench, in seconds of the clock on the wall. */
    public double busySeconds() {
        return busyNanos.sum() / 1e9;
    }

    /** What the MMUs did so far, in seconds of simulated time. */
    double simulatedSeconds() {
        return simulated.seconds(costs);
    }

    /** Keeps a meter on a machine that was made elsewhere, from its first access on. */
    VirtualMachine metered(VirtualMachine machine) {
        return simulated.of(machine);
    }

    /** The policy of a jar for the decisions it takes, upstream for the others. */
    PolicyAssignment assigned(String policy, Map<String, String> parameters) {
        return PolicyAssignment.of(jars.choose(policy, parameters));
    }

    /** A machine under the policy of a jar; upstream takes the decisions that the policy does not. */
    VirtualMachine under(
            String policy,
            Map<String, String> parameters,
            MmuOptions options,
            int vcpus,
            @Nullable MmuEvents listener) {
        PolicyRuntime policies = PolicyRuntime.create(assigned(policy, parameters), SEED);
        return metered(VirtualMachine.create(options, vcpus, policies, listener));
    }

    /** A machine where the policy of a jar takes one decision and upstream the others. */
    VirtualMachine taking(
            Decision decision, String policy, Map<String, String> parameters, MmuOptions options, int vcpus) {
        PolicyAssignment assignment = PolicyAssignment.mixing(Map.of(decision, jars.choose(policy, parameters)));
        return metered(VirtualMachine.create(options, vcpus, PolicyRuntime.create(assignment, SEED), null));
    }

    /** A machine under the rules of Linux 6.1. */
    VirtualMachine upstream(MmuOptions options, int vcpus, @Nullable MmuEvents listener) {
        return metered(VirtualMachine.create(options, vcpus, PolicyRuntime.upstream(), listener));
    }

    /** A machine where one decision follows a rule that no policy jar has, because nobody would want it. */
    VirtualMachine with(Decision decision, Function<PolicyContext, MmuPolicy> rule, MmuOptions options, int vcpus) {
        return metered(unmetered(decision, rule, options, vcpus));
    }

    /**
     * As {@link #with}, but without a meter: for machines whose memory is mapped beforehand in folded entries. What they do is
     * counted without being done entry by entry, so it must not make the lab look fast.
     */
    VirtualMachine unmetered(
            Decision decision, Function<PolicyContext, MmuPolicy> rule, MmuOptions options, int vcpus) {
        PolicyDescriptor descriptor = PolicyDescriptor.of("reference", "a rule to compare with", ApiVersion.COMPILED)
                .decides(decision)
                .build();
        PolicyProvider provider = new PolicyProvider() {
            @Override
            public PolicyDescriptor descriptor() {
                return descriptor;
            }

            @Override
            public MmuPolicy create(PolicyContext context) {
                return rule.apply(context);
            }
        };
        PolicyAssignment assignment = PolicyAssignment.of(PolicyChoice.inProcess(provider));
        return VirtualMachine.create(options, vcpus, PolicyRuntime.create(assignment, SEED), null);
    }
}
