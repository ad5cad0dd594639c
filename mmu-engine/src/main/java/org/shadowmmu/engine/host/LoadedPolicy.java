package org.shadowmmu.engine.host;

import java.util.Map;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyOrigin;
import org.shadowmmu.engine.policy.PolicySelectionException;

/**
 * A policy that came from a jar.
 *
 * @param descriptor what it says of itself, asked once
 * @param origin the jar, free of paths
 * @param provider what makes it
 */
public record LoadedPolicy(PolicyDescriptor descriptor, PolicyOrigin origin, PolicyProvider provider) {
    /** The id of the policy. */
    public String id() {
        return descriptor.id();
    }

    /** Chooses the policy with its defaults. */
    public PolicyChoice choose() {
        return choose(Map.of());
    }

    /**
     * Chooses the policy with some parameters set.
     *
     * @throws PolicySelectionException for an unknown parameter or a value outside its range
     */
    public PolicyChoice choose(Map<String, String> settings) {
        return new PolicyChoice(provider, descriptor, origin, settings);
    }
}
