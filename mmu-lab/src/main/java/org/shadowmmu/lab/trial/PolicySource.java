package org.shadowmmu.lab.trial;

import java.util.Map;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicySelectionException;

/** Where the policies of an experiment come from. */
@FunctionalInterface
public interface PolicySource {
    /**
     * Chooses a policy.
     *
     * @param id its id
     * @param settings the parameters that differ from their defaults, by name, as text
     * @throws PolicySelectionException if there is no such policy or parameter, or a value is outside its range
     */
    PolicyChoice choose(String id, Map<String, String> settings);
}
