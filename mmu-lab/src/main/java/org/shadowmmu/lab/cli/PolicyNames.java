package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.util.Iterator;
import org.shadowmmu.engine.host.LoadedPolicy;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;

/** The ids of the policies that need no option, for completion in the shell; jars are opened when somebody iterates. */
public final class PolicyNames implements Iterable<String> {
    private final LabEnvironment environment;
    private final PolicyHost host;

    /** Made by the injector. */
    @Inject
    public PolicyNames(LabEnvironment environment, PolicyHost host) {
        this.environment = environment;
        this.host = host;
    }

    @Override
    public Iterator<String> iterator() {
        try (PolicyCatalog catalog = host.load(environment.builtInPolicies())) {
            return catalog.policies().stream().map(LoadedPolicy::id).toList().iterator();
        }
    }
}
