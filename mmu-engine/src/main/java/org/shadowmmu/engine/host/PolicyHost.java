package org.shadowmmu.engine.host;

import java.io.IOException;
import java.net.URL;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads policies from jars, each in a class loader of its own.
 *
 * <p>A bad jar never stops the good ones. Nothing is printed: the catalog carries the problems, and the caller shows them.
 */
public final class PolicyHost {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyHost.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Patience patience;

    /** Makes a host; it keeps nothing between calls. */
    public PolicyHost() {
        this(PATIENCE);
    }

    /** Makes a host that waits no longer than this for the code of a jar to say what it offers. */
    public PolicyHost(Duration patience) {
        this.patience = new Patience(patience);
    }

    /**
     * Loads every policy of the given jars, and of the jars in the given directories (not below them).
     *
     * <p>Jars are read in the order given, within a directory by file name, each file once. When two jars offer the same
     * id, the first one read keeps it.
     */
    public PolicyCatalog load(List<Path> directoriesOrJars) {
        Loading loading = new Loading(patience);
        for (Path jar : loading.jars(directoriesOrJars)) {
            loading.load(jar);
        }
        return loading.finish();
    }

    /** One call of {@link #load}. */
    private static final class Loading {
        private final Map<String, LoadedPolicy> policies = new LinkedHashMap<>();
        private final List<LoadProblem> problems = new ArrayList<>();
        private final List<PolicyClassLoader> loaders = new ArrayList<>();
        private final Patience patience;

        Loading(Patience patience) {
            this.patience = patience;
        }

        /** The jars to read, in order, each file once. */
        List<Path> jars(List<Path> directoriesOrJars) {
            List<Path> jars = new ArrayList<>();
            Set<Path> files = new LinkedHashSet<>();
            for (Path path : directoriesOrJars) {
                for (Path jar : jarsOf(path)) {
                    try {
                        if (files.add(jar.toRealPath())) {
                            jars.add(jar);
                        }
                    } catch (IOException e) {
                        unreadable(jar, e);
                    }
                }
            }
            return jars;
        }

        private List<Path> jarsOf(Path path) {
            if (!Files.exists(path)) {
                problems.add(LoadProblem.refused(
                        path.toString(), path + " does not exist; name a directory of policy jars, or a policy jar."));
                return List.of();
            }
            if (!Files.isDirectory(path)) {
                return List.of(path);
            }
            List<Path> jars = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, "*.jar")) {
                entries.forEach(jars::add);
            } catch (IOException | DirectoryIteratorException e) {
                unreadable(path, e);
                return List.of();
            }
            if (jars.isEmpty()) {
                problems.add(LoadProblem.warning(
                        path.toString(), "The directory " + path + " holds no .jar file; put policy jars there."));
            }
            jars.sort(Comparator.comparing(Loading::name));
            return jars;
        }

        private void unreadable(Path path, Exception e) {
            problems.add(
                    LoadProblem.refused(path.toString(), path + " cannot be read (" + e + "); check its permissions."));
        }

        private static String name(Path file) {
            return String.valueOf(file.getFileName());
        }

        void load(Path file) {
            String name = name(file);
            PolicyJar jar;
            URL url;
            try {
                jar = PolicyJar.read(file);
                url = file.toUri().toURL();
            } catch (JarProblem e) {
                problems.add(LoadProblem.refused(name, e.sentence()));
                return;
            } catch (IOException e) {
                problems.add(LoadProblem.refused(name, name + " has no usable path (" + e.getMessage() + ")."));
                return;
            }
            if (jar.bundlesApi()) {
                problems.add(LoadProblem.warning(
                        name,
                        name + " bundles classes of org.shadowmmu.api, which are not used; give mmu-api the scope"
                                + " 'provided'."));
            }
            PolicyClassLoader loader = new PolicyClassLoader(name, url);
            loaders.add(loader);
            for (String className : jar.providers()) {
                try {
                    add(new ProviderLoader(jar.origin(), loader, className, patience).load());
                } catch (JarProblem e) {
                    problems.add(LoadProblem.refused(name, e.sentence()));
                }
            }
        }

        private void add(LoadedPolicy policy) throws JarProblem {
            @Nullable LoadedPolicy first = policies.putIfAbsent(policy.id(), policy);
            if (first != null) {
                String jar = policy.origin().jar();
                String firstJar = first.origin().jar();
                throw new JarProblem(jar + ": the id '" + policy.id() + "' is taken by "
                        + (jar.equals(firstJar) ? "another provider or jar of that name" : firstJar)
                        + ", which was read first; remove one of them or rename its policy.");
            }
            LOG.debug(
                    "Loaded policy '{}' of {} ({})",
                    policy.id(),
                    policy.origin().jar(),
                    policy.origin().sha256());
        }

        PolicyCatalog finish() {
            for (LoadProblem problem : problems) {
                LOG.debug("{}", problem.sentence());
            }
            return new PolicyCatalog(policies, problems, loaders);
        }
    }
}
