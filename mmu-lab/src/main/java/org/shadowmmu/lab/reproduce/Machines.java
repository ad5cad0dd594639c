package org.shadowmmu.lab.reproduce;

import java.util.Map;
import java.util.function.Function;
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
import org.shadowmmu.lab.trial.PolicySource;

/** Makes the machines that the stories need: policies come from jars, rules that no jar has from here. */
public final class Machines {
    private static final long SEED = 1;

    private final PolicySource jars;

    /** Takes policies from a source. */
    public Machines(PolicySource jars) {
        this.jars = jars;
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
        return SimulatedTime.of(VirtualMachine.create(options, vcpus, policies, listener));
    }

    /** A machine where the policy of a jar takes one decision and upstream the others. */
    VirtualMachine taking(
            Decision decision, String policy, Map<String, String> parameters, MmuOptions options, int vcpus) {
        PolicyAssignment assignment = PolicyAssignment.mixing(Map.of(decision, jars.choose(policy, parameters)));
        return SimulatedTime.of(VirtualMachine.create(options, vcpus, PolicyRuntime.create(assignment, SEED), null));
    }

    /** A machine under the rules of Linux 6.1. */
    static VirtualMachine upstream(MmuOptions options, int vcpus, @Nullable MmuEvents listener) {
        return SimulatedTime.of(VirtualMachine.create(options, vcpus, PolicyRuntime.upstream(), listener));
    }

    /** A machine where one decision follows a rule that no policy jar has, because nobody would want it. */
    static VirtualMachine with(
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
        return SimulatedTime.of(VirtualMachine.create(options, vcpus, PolicyRuntime.create(assignment, SEED), null));
    }
}
