package org.shadowmmu.engine.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.policy.NearestName;
import org.shadowmmu.engine.policy.PolicySelectionException;

/**
 * The policies that were loaded, and the problems of those that were not. Close it when no policy of it is in use any more:
 * that closes the jars.
 */
public final class PolicyCatalog implements AutoCloseable {
    private final SortedMap<String, LoadedPolicy> policies;
    private final List<LoadProblem> problems;
    private final List<PolicyClassLoader> loaders;

    PolicyCatalog(Map<String, LoadedPolicy> policies, List<LoadProblem> problems, List<PolicyClassLoader> loaders) {
        this.policies = new TreeMap<>(policies);
        this.problems = List.copyOf(problems);
        this.loaders = List.copyOf(loaders);
    }

    /** All policies, sorted by id. */
    public List<LoadedPolicy> policies() {
        return List.copyOf(policies.values());
    }

    /** What went wrong, in the order in which the jars were read. */
    public List<LoadProblem> problems() {
        return problems;
    }

    /**
     * The policy with this id.
     *
     * @throws PolicySelectionException if there is none; the sentence lists those there are
     */
    public LoadedPolicy find(String id) {
        @Nullable LoadedPolicy policy = policies.get(id);
        if (policy != null) {
            return policy;
        }
        Collection<String> known = policies.keySet();
        throw new PolicySelectionException("There is no policy '" + id + "'; "
                + (known.isEmpty()
                        ? "no policy was loaded."
                        : "there is " + String.join(", ", known) + NearestName.hint(id, known)));
    }

    /**
     * Closes every jar.
     *
     * @throws UncheckedIOException if one could not be closed; the others are closed
     */
    @Override
    public void close() {
        List<IOException> failures = new ArrayList<>();
        for (PolicyClassLoader loader : loaders) {
            try {
                loader.close();
            } catch (IOException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            UncheckedIOException first = new UncheckedIOException(failures.get(0));
            failures.subList(1, failures.size()).forEach(first::addSuppressed);
            throw first;
        }
    }
}
