package org.shadowmmu.engine.policy;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.api.Decision;

/** The policies of one runtime while it is made: created one by one, asked what they implement and which hooks they override. */
final class PolicyMembers {
    private final PolicyRuntime runtime;
    private final List<PolicyInstance> members = new ArrayList<>();
    private final PolicyInstance[] answering = new PolicyInstance[Decision.values().length];

    /**
     * Creates every policy of an assignment, each once.
     *
     * @throws PolicyFailure if a policy cannot be created or lacks the interface of a decision its descriptor names
     */
    PolicyMembers(PolicyRuntime runtime, PolicyAssignment assignment, long seed) {
        this.runtime = runtime;
        assignment.choices().forEach((decision, choice) -> answering[decision.ordinal()] = member(choice, seed));
    }

    private PolicyInstance member(PolicyChoice choice, long seed) {
        for (PolicyInstance known : members) {
            if (known.choice.means(choice)) {
                return known;
            }
        }
        PolicyInstance made = new PolicyInstance(runtime, choice, seed);
        for (Decision decision : choice.descriptor().decisions()) {
            if (!decision.type().isInstance(made.policy)) {
                throw made.failure(
                        PolicyWatch.CREATE,
                        "made a policy that does not implement "
                                + decision.type().getSimpleName() + " although its descriptor names the decision "
                                + decision.id());
            }
        }
        members.add(made);
        return made;
    }

    /** Who takes each decision, by its ordinal. */
    PolicyInstance[] answering() {
        return answering.clone();
    }

    /** The policy that takes a decision, as its interface. */
    <T> T implementation(Decision decision, Class<T> type) {
        return type.cast(answering[decision.ordinal()].policy);
    }

    /** Those that do something between decisions. */
    PolicyInstance[] active() {
        return members.stream().filter(member -> !idles(member)).toArray(PolicyInstance[]::new);
    }

    /**
     * Those that override a hook, in the order in which they were created.
     *
     * @throws PolicyFailure if a class cannot be looked into
     */
    PolicyInstance[] listeners(Hook hook) {
        List<PolicyInstance> listeners = new ArrayList<>();
        for (PolicyInstance member : active()) {
            try {
                if (hook.isOverriddenBy(member.policy.getClass())) {
                    listeners.add(member);
                }
            } catch (LinkageError e) {
                throw member.threw(PolicyWatch.CREATE, e);
            }
        }
        return listeners.toArray(new PolicyInstance[0]);
    }

    /** Whether a member does nothing between decisions: the upstream rules listen only for the sake of their reclaim order. */
    private boolean idles(PolicyInstance member) {
        return member.choice == PolicyChoice.UPSTREAM && member != answering[Decision.RECLAIM_ORDER.ordinal()];
    }
}
