package org.shadowmmu.engine.host;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.PolicyProvider;

/**
 * The class loader of one policy jar: the JDK, the two shared packages, and the jar itself.
 *
 * <p>The parent is the platform loader, because with the application's loader a policy would meet the host's libraries: it
 * would come to depend on them, and its own copies would be passed over. The API must be shared, or the host could not call
 * the policy; SLF4J is shared so that a policy logs where the application logs.
 */
final class PolicyClassLoader extends URLClassLoader {
    private static final ClassLoader HOST = PolicyProvider.class.getClassLoader();

    static {
        registerAsParallelCapable();
    }

    PolicyClassLoader(String jarName, URL jar) {
        super(jarName, new URL[] {jar}, ClassLoader.getPlatformClassLoader());
    }

    static boolean isShared(String className) {
        return className.startsWith("org.shadowmmu.api.") || className.startsWith("org.slf4j.");
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return isShared(name) ? HOST.loadClass(name) : super.loadClass(name, resolve);
    }

    /** Resources are the jar's own, or a policy would find the host's services and configuration. */
    @Override
    public @Nullable URL getResource(String name) {
        return findResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return findResources(name);
    }
}
