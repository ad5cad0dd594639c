package org.shadowmmu.engine.policy;

import java.util.Map;
import org.shadowmmu.api.Parameters;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;

/** One policy with one set of parameter values, ready to be created for any number of virtual machines. */
public final class PolicyChoice {
    /** The upstream rules of Linux 6.1, which answer every decision that no policy takes. */
    public static final PolicyChoice UPSTREAM =
            new PolicyChoice(UpstreamRules.PROVIDER, UpstreamRules.DESCRIPTOR, PolicyOrigin.ENGINE, Map.of());

    private final PolicyProvider provider;
    private final PolicyDescriptor descriptor;
    private final PolicyOrigin origin;
    private final ParameterValues values;

    /**
     * Chooses a policy.
     *
     * @param provider what makes it
     * @param descriptor what the provider said of itself when it was loaded; the provider is not asked again
     * @param origin where it came from
     * @param settings the parameters that differ from their defaults, by name, as text
     * @throws PolicySelectionException for an unknown parameter or a value outside its range
     */
    public PolicyChoice(
            PolicyProvider provider, PolicyDescriptor descriptor, PolicyOrigin origin, Map<String, String> settings) {
        this.provider = provider;
        this.descriptor = descriptor;
        this.origin = origin;
        this.values = ParameterValues.of(descriptor, settings);
    }

    /** Chooses a policy that comes from no jar, with its defaults. For tests and benchmarks. */
    public static PolicyChoice inProcess(PolicyProvider provider) {
        return inProcess(provider, Map.of());
    }

    /** Chooses a policy that comes from no jar. For tests and benchmarks. */
    public static PolicyChoice inProcess(PolicyProvider provider, Map<String, String> settings) {
        return new PolicyChoice(provider, provider.descriptor(), PolicyOrigin.IN_PROCESS, settings);
    }

    /** The id of the policy. */
    public String id() {
        return descriptor.id();
    }

    /** What the policy says of itself. */
    public PolicyDescriptor descriptor() {
        return descriptor;
    }

    /** Where the policy came from. */
    public PolicyOrigin origin() {
        return origin;
    }

    /** Every parameter, defaults filled in, by name in the order of the descriptor; unmodifiable. */
    public Map<String, String> settings() {
        return values.texts();
    }

    PolicyProvider provider() {
        return provider;
    }

    Parameters parameters() {
        return values;
    }

    /** Whether the other choice means the same policy of the same jar with the same values. */
    boolean means(PolicyChoice other) {
        return provider == other.provider
                && origin.equals(other.origin)
                && id().equals(other.id())
                && settings().equals(other.settings());
    }

    @Override
    public String toString() {
        return settings().isEmpty() ? id() : id() + settings();
    }
}
