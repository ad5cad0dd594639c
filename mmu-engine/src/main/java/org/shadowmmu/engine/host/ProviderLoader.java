package org.shadowmmu.engine.host;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.engine.policy.ForeignCode;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyOrigin;

/** Makes one provider of a jar and asks it for its descriptor: the first moments of foreign code, each of them guarded. */
final class ProviderLoader {
    private final PolicyOrigin origin;
    private final ClassLoader loader;
    private final String className;
    private final Patience patience;

    ProviderLoader(PolicyOrigin origin, ClassLoader loader, String className, Patience patience) {
        this.patience = patience;
        this.origin = origin;
        this.loader = loader;
        this.className = className;
    }

    /**
     * Loads the provider.
     *
     * @throws JarProblem if anything about it is wrong
     */
    LoadedPolicy load() throws JarProblem {
        PolicyProvider provider = patience.with(this::provider, problem("never returned when it was made"));
        PolicyDescriptor descriptor = patience.with(
                () -> descriptor(provider), problem("never returned when it was asked for its descriptor"));
        if (!ApiVersion.CURRENT.supports(descriptor.apiVersion())) {
            throw new JarProblem(origin.jar() + ": policy '" + descriptor.id() + "' was built for API "
                    + descriptor.apiVersion() + ", and this host has API " + ApiVersion.CURRENT
                    + "; use a host that fits, or build the policy for this one.");
        }
        if (descriptor.id().equals(PolicyChoice.UPSTREAM.id())) {
            throw new JarProblem(origin.jar() + ": the id '" + descriptor.id()
                    + "' stands for the rules of the engine itself; give the policy another one.");
        }
        return new LoadedPolicy(descriptor, origin, provider);
    }

    private PolicyProvider provider() throws JarProblem {
        try {
            Class<?> type = Class.forName(className, false, loader);
            if (!PolicyProvider.class.isAssignableFrom(type)) {
                throw problem("is no " + PolicyProvider.class.getSimpleName() + "; name a class that implements it");
            }
            Constructor<?> constructor = type.getConstructor();
            return (PolicyProvider) constructor.newInstance();
        } catch (ClassNotFoundException e) {
            throw problem("is not in the jar; correct " + PolicyJar.SERVICES + " or pack the class");
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw problem("cannot be made; a provider is a public class with a public constructor without parameters");
        } catch (InvocationTargetException | ExceptionInInitializerError e) {
            @Nullable Throwable cause = e.getCause();
            throw problem(deed(cause == null ? e : cause) + " when it was made");
        } catch (LinkageError e) {
            throw problem(deed(e));
        }
    }

    private PolicyDescriptor descriptor(PolicyProvider provider) throws JarProblem {
        @Nullable PolicyDescriptor descriptor;
        boolean steady;
        try {
            descriptor = provider.descriptor();
            steady = descriptor == null || descriptor.equals(provider.descriptor());
        } catch (Throwable t) {
            throw problem(deed(t) + " when it was asked for its descriptor");
        }
        if (descriptor == null) {
            throw problem("returned null when it was asked for its descriptor");
        }
        if (!steady) {
            throw problem("described another policy when it was asked for its descriptor again");
        }
        return descriptor;
    }

    private static String deed(Throwable thrown) {
        ForeignCode.rethrowIfFatal(thrown);
        return ForeignCode.deed(thrown);
    }

    private JarProblem problem(String deed) {
        return new JarProblem(origin.jar() + ": provider " + className + " " + deed + ".");
    }
}
