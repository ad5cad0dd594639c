package org.shadowmmu.engine.policy;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.shadowmmu.api.Decision;

/** Who takes which decision of a virtual machine: every decision has exactly one answer, upstream where none is named. */
public final class PolicyAssignment {
    /** Upstream for every decision. */
    public static final PolicyAssignment UPSTREAM = new PolicyAssignment(new EnumMap<>(Decision.class));

    private final Map<Decision, PolicyChoice> choices;

    private PolicyAssignment(EnumMap<Decision, PolicyChoice> taken) {
        for (Decision decision : Decision.values()) {
            taken.putIfAbsent(decision, PolicyChoice.UPSTREAM);
        }
        choices = Collections.unmodifiableMap(taken);
    }

    /** One policy takes the decisions its descriptor names, upstream the rest. */
    public static PolicyAssignment of(PolicyChoice choice) {
        EnumMap<Decision, PolicyChoice> taken = new EnumMap<>(Decision.class);
        for (Decision decision : choice.descriptor().decisions()) {
            taken.put(decision, choice);
        }
        return new PolicyAssignment(taken);
    }

    /**
     * Each decision from any policy, upstream where none is named.
     *
     * @throws PolicySelectionException if a policy does not take the decision it is named for
     */
    public static PolicyAssignment mixing(Map<Decision, PolicyChoice> named) {
        EnumMap<Decision, PolicyChoice> taken = new EnumMap<>(Decision.class);
        named.forEach((decision, choice) -> {
            if (!choice.descriptor().decisions().contains(decision)) {
                throw new PolicySelectionException("Policy '" + choice.id() + "' does not take the decision "
                        + decision.id() + "; it takes "
                        + choice.descriptor().decisions().stream()
                                .map(Decision::id)
                                .collect(Collectors.joining(", "))
                        + ".");
            }
            taken.put(decision, choice);
        });
        return new PolicyAssignment(taken);
    }

    /** The answer to one decision. */
    public PolicyChoice choice(Decision decision) {
        PolicyChoice choice = choices.get(decision);
        if (choice == null) {
            throw new AssertionError("every decision has an answer");
        }
        return choice;
    }

    /** All four decisions in their declared order; unmodifiable. */
    public Map<Decision, PolicyChoice> choices() {
        return choices;
    }

    @Override
    public String toString() {
        return choices.toString();
    }
}
