package org.shadowmmu.engine.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.engine.policy.ForbiddenReferenceError;

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

    /** A class that names something forbidden is not loaded: what uses it fails there, with a sentence. */
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        @Nullable String forbidden = forbidden(name);
        if (forbidden != null) {
            throw new ForbiddenReferenceError("uses " + forbidden + " (in " + name + "), which no policy may use");
        }
        return super.findClass(name);
    }

    private @Nullable String forbidden(String name) throws ClassNotFoundException {
        @Nullable URL file = findResource(name.replace('.', '/') + ".class");
        if (file == null) {
            return null;
        }
        try {
            URLConnection connection = file.openConnection();
            // The cache would share one open file with other loaders of the same jar, and one could not be closed.
            connection.setUseCaches(false);
            try (InputStream in = connection.getInputStream()) {
                return ForbiddenReferences.first(in.readAllBytes());
            }
        } catch (IOException | RuntimeException e) {
            throw new ClassNotFoundException(name, e);
        }
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
