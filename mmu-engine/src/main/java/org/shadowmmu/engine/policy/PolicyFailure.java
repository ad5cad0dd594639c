package org.shadowmmu.engine.policy;

import org.jspecify.annotations.Nullable;

/**
 * A policy broke its contract, and the run of its virtual machine ends. The message is one sentence that names the jar, the
 * policy, the hook or decision, and the number of the event.
 */
public final class PolicyFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String jar;
    private final String policyId;
    private final String place;
    private final long eventNumber;

    /**
     * @param choice the policy
     * @param place the hook or decision, for instance {@code hook pageCreated}
     * @param eventNumber the number of the event that would have come next
     * @param deed what the policy did, for instance {@code returned null}
     * @param cause what it threw, if it threw
     */
    PolicyFailure(PolicyChoice choice, String place, long eventNumber, String deed, @Nullable Throwable cause) {
        super(
                "Policy '" + choice.id() + "' of " + choice.origin().jar() + " " + deed + " in " + place + " at event "
                        + eventNumber + ".",
                cause);
        this.jar = choice.origin().jar();
        this.policyId = choice.id();
        this.place = place;
        this.eventNumber = eventNumber;
    }

    /** The failure for something that was thrown; errors that are no policy's fault are thrown on. */
    static PolicyFailure threw(PolicyChoice choice, String place, long eventNumber, Throwable thrown) {
        ForeignCode.rethrowIfFatal(thrown);
        return new PolicyFailure(choice, place, eventNumber, ForeignCode.deed(thrown), thrown);
    }

    /** The file name of the jar. */
    public String jar() {
        return jar;
    }

    /** The id of the policy. */
    public String policyId() {
        return policyId;
    }

    /** The hook or decision. */
    public String place() {
        return place;
    }

    /** The number of the event that would have come next. */
    public long eventNumber() {
        return eventNumber;
    }
}
