package org.shadowmmu.api;

/**
 * The entry point of a policy jar, found by {@link java.util.ServiceLoader}.
 *
 * <p>A provider has a public constructor without parameters, keeps no state between calls, and may be asked for several
 * policies at the same time from different threads (one per virtual machine under simulation).
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface PolicyProvider {
    /**
     * What this provider offers. Called once when the jar is loaded; must always return an equal value.
     */
    PolicyDescriptor descriptor();

    /**
     * Creates the policy of one virtual machine. Called once per virtual machine, before its first memslot exists.
     *
     * @param context parameters, random numbers and helpers of this virtual machine; valid as long as the policy
     * @return a new policy that implements the interface of every decision the descriptor names
     */
    MmuPolicy create(PolicyContext context);
}
