package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.shadowmmu.api.Decision;
import org.shadowmmu.engine.policy.NearestName;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicySelectionException;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.ExperimentException;
import org.shadowmmu.lab.experiment.ExperimentFile;
import org.shadowmmu.lab.experiment.PolicyEntry;
import org.shadowmmu.lab.experiment.PolicyReference;
import org.shadowmmu.lab.workload.StreamCatalog;
import org.shadowmmu.lab.workload.StreamSurvey;
import org.shadowmmu.lab.workload.StreamSurveyor;

/** Resolves the names of an experiment and expands it into trials. */
public final class Planner {
    private final PolicySource policies;
    private final StreamCatalog streams;

    /** Plans with these policies and streams. */
    public Planner(PolicySource policies, StreamCatalog streams) {
        this.policies = policies;
        this.streams = streams;
    }

    /**
     * Plans an experiment; reads every stream once.
     *
     * @throws BadInputException if a policy, parameter or stream does not exist, or a stream is damaged
     */
    public Plan plan(ExperimentFile file) {
        Experiment experiment = file.experiment();
        List<Trial.Policy> chosen = new ArrayList<>();
        for (int i = 0; i < experiment.policies().size(); i++) {
            chosen.add(choose(file, i));
        }
        List<Path> paths = new ArrayList<>();
        for (int i = 0; i < experiment.workloads().size(); i++) {
            paths.add(locate(file, i));
        }
        List<Trial.Workload> workloads = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            workloads.add(survey(file, i, paths.get(i), workloads));
        }
        return Plan.of(experiment, chosen, workloads);
    }

    private Trial.Policy choose(ExperimentFile file, int index) {
        PolicyEntry entry = file.experiment().policies().get(index);
        String pointer = "/policies/" + index;
        PolicyReference single = entry.single();
        if (single != null) {
            return new Trial.Policy(entry.label(), PolicyAssignment.of(choose(file, pointer, single)));
        }
        EnumMap<Decision, PolicyChoice> mix = new EnumMap<>(Decision.class);
        Map<PolicyReference, PolicyChoice> choices = new HashMap<>();
        entry.mix().forEach((decision, reference) -> {
            String part = pointer + "/" + decision.id();
            PolicyChoice choice = choices.computeIfAbsent(reference, key -> choose(file, part, key));
            mix.put(decision, choice);
            try {
                PolicyAssignment.mixing(Map.of(decision, choice));
            } catch (PolicySelectionException e) {
                throw file.problem(part, withoutFullStop(String.valueOf(e.getMessage())));
            }
        });
        return new Trial.Policy(entry.label(), PolicyAssignment.mixing(mix));
    }

    private PolicyChoice choose(ExperimentFile file, String pointer, PolicyReference reference) {
        try {
            return policies.choose(reference.id(), reference.settings());
        } catch (PolicySelectionException e) {
            String parameter = refusedParameter(reference.id(), reference.settings());
            throw file.problem(pointer + parameter, withoutFullStop(String.valueOf(e.getMessage())));
        }
    }

    /** The pointer from a policy to the first of its parameters that is refused by itself; empty if none is. */
    private String refusedParameter(String id, Map<String, String> settings) {
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            try {
                policies.choose(id, Map.of(setting.getKey(), setting.getValue()));
            } catch (PolicySelectionException e) {
                return "/parameters/" + setting.getKey();
            }
        }
        return "";
    }

    private Path locate(ExperimentFile file, int index) {
        String workload = file.experiment().workloads().get(index);
        Path path = streams.find(workload);
        if (path == null) {
            throw missing(file, index, workload);
        }
        return path;
    }

    private ExperimentException missing(ExperimentFile file, int index, String workload) {
        List<String> names = streams.names();
        String sentence;
        if (StreamCatalog.isPath(workload)) {
            sentence = "there is no file '" + workload + "'";
        } else if (names.isEmpty()) {
            sentence = "there is no stream '" + workload + "', and no folder data/streams to look in";
        } else {
            String nearest = NearestName.of(workload, names);
            sentence = "there is no stream '" + workload + "'; "
                    + (nearest == null ? "there is " + String.join(", ", names) : "did you mean '" + nearest + "'?");
        }
        return file.problem("/workloads/" + index, sentence);
    }

    private static Trial.Workload survey(ExperimentFile file, int index, Path path, List<Trial.Workload> before) {
        String name = StreamCatalog.nameOf(file.experiment().workloads().get(index));
        if (before.stream().anyMatch(workload -> workload.name().equals(name))) {
            throw file.problem(
                    "/workloads/" + index, "two workloads are called '" + name + "'; rename one of the files");
        }
        StreamSurvey survey = StreamSurveyor.survey(path);
        if (survey.header().gva() && survey.vcpus() > 1) {
            throw file.problem(
                    "/workloads/" + index,
                    "'" + name + "' has virtual addresses and " + survey.vcpus()
                            + " virtual CPUs, but only one can be replayed under shadow paging");
        }
        return new Trial.Workload(name, path, survey);
    }

    private static String withoutFullStop(String sentence) {
        String first = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return first.isEmpty() ? first : Character.toLowerCase(first.charAt(0)) + first.substring(1);
    }
}
