package org.shadowmmu.engine.policy;

import java.util.List;
import org.shadowmmu.api.Decision;

/**
 * How often each decision was asked for and who answered: the proof that a policy ran.
 *
 * @param answers one per decision, in their declared order
 */
public record DecisionCounts(List<Answers> answers) {
    /**
     * The answers to one decision.
     *
     * @param decision what was asked
     * @param policyId the policy that answered
     * @param origin where that policy came from
     * @param asked how often
     */
    public record Answers(Decision decision, String policyId, PolicyOrigin origin, long asked) {}

    /** Copies the list. */
    public DecisionCounts {
        answers = List.copyOf(answers);
    }

    /** How often the decision was asked for. */
    public long asked(Decision decision) {
        return answers.get(decision.ordinal()).asked();
    }

    /** The id of the policy that answers the decision. */
    public String answeredBy(Decision decision) {
        return answers.get(decision.ordinal()).policyId();
    }
}
