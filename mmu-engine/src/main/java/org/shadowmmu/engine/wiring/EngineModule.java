package org.shadowmmu.engine.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;

/**
 * Binds what an application takes from the engine: the policy host, and the catalog of the policies on the policy path.
 *
 * <p>Bindings are explicit. The catalog is loaded when it is first asked for, so a command that needs no policy opens no jar.
 */
public final class EngineModule extends AbstractModule {
    private final List<Path> policyPath;

    /**
     * Makes the module.
     *
     * @param policyPath directories of policy jars, or jars, in the order in which they are searched
     */
    public EngineModule(List<Path> policyPath) {
        this.policyPath = List.copyOf(policyPath);
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        binder().requireAtInjectOnConstructors();
        binder().requireExactBindingAnnotations();
    }

    @Provides
    @Singleton
    PolicyHost policyHost() {
        return new PolicyHost();
    }

    @Provides
    @Singleton
    PolicyCatalog policyCatalog(PolicyHost host) {
        return host.load(policyPath);
    }
}
