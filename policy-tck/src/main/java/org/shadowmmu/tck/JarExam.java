package org.shadowmmu.tck;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.host.JarInspection;
import org.shadowmmu.engine.host.LoadProblem;
import org.shadowmmu.engine.host.LoadedPolicy;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.engine.policy.CallLimit;

/**
 * Examines a policy jar as the lab would use it: loads it, and tells every story under every policy with the ends of its
 * parameters.
 */
public final class JarExam {
    private final Exam exam;

    /** Makes an exam; a call of a policy may take as long as the limit says. */
    public JarExam(CallLimit limit) {
        this.exam = new Exam(limit);
    }

    /**
     * What came out.
     *
     * @param policies ids of the policies that were examined
     * @param runs stories told, the repetitions not counted
     * @param objections what is wrong, a sentence each; empty for a sound jar
     * @param warnings what the author should know, a sentence each
     */
    public record Result(List<String> policies, int runs, List<String> objections, List<String> warnings) {
        /** Whether nothing is wrong. */
        public boolean passed() {
            return objections.isEmpty();
        }
    }

    /** Examines a jar. */
    public Result of(Path jar) {
        List<String> ids = new ArrayList<>();
        List<String> objections = new ArrayList<>();
        List<String> warnings = new ArrayList<>(JarInspection.of(jar));
        int runs = 0;
        try (PolicyCatalog catalog = new PolicyHost().load(List.of(jar))) {
            for (LoadProblem problem : catalog.problems()) {
                (problem.severity() == LoadProblem.Severity.REFUSED ? objections : warnings).add(problem.sentence());
            }
            for (LoadedPolicy policy : catalog.policies()) {
                ids.add(policy.id());
                runs += examine(policy, objections);
            }
        }
        return new Result(ids, runs, objections, warnings);
    }

    private int examine(LoadedPolicy policy, List<String> objections) {
        int runs = 0;
        for (Map<String, String> settings : Exam.settings(policy.descriptor())) {
            for (Story story : Story.values()) {
                runs++;
                @Nullable String objection = exam.objection(policy.choose(settings), story);
                if (objection != null) {
                    objections.add(
                            objection + " (" + story.title() + (settings.isEmpty() ? "" : ", " + settings) + ")");
                }
            }
        }
        return runs;
    }
}
