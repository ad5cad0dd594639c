package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.shadowmmu.engine.policy.NearestName;
import org.shadowmmu.engine.policy.PolicySelectionException;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.ExperimentException;
import org.shadowmmu.lab.experiment.ExperimentFile;
import org.shadowmmu.lab.experiment.PolicyEntry;
import org.shadowmmu.lab.experiment.Variant;
import org.shadowmmu.lab.workload.StreamCatalog;
import org.shadowmmu.lab.workload.StreamSurvey;
import org.shadowmmu.lab.workload.StreamSurveyor;

/** Resolves the names of an experiment and expands it into trials. */
public final class Planner {
    private final PolicySource policies;
    private final StreamCatalog streams;
    private final Map<String, Trial.Workload> surveyed = new HashMap<>();
    private final Map<PolicyEntry, Trial.Policy> known = new HashMap<>();

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
        List<Trial> trials = new ArrayList<>();
        for (Variant variant : file.variants()) {
            Experiment experiment = variant.experiment();
            List<Trial.Policy> chosen = new ArrayList<>();
            for (int i = 0; i < experiment.policies().size(); i++) {
                chosen.add(choose(variant, i));
            }
            List<Trial.Workload> workloads = new ArrayList<>();
            for (int i = 0; i < experiment.workloads().size(); i++) {
                workloads.add(survey(variant, i, locate(variant, i)));
            }
            trials.addAll(Plan.combinations(experiment, chosen, workloads));
        }
        return Plan.of(file.experiment(), trials);
    }

    private Trial.Policy choose(Variant file, int index) {
        PolicyEntry entry = file.experiment().policies().get(index);
        Trial.Policy earlier = known.get(entry);
        if (earlier != null) {
            return earlier;
        }
        Map<String, String> settings = new LinkedHashMap<>();
        entry.parameters().forEach((name, value) -> settings.put(name, value.text()));
        try {
            Trial.Policy policy = new Trial.Policy(entry.toString(), policies.choose(entry.id(), settings));
            known.put(entry, policy);
            return policy;
        } catch (PolicySelectionException e) {
            String pointer = "/policies/" + index + refusedParameter(entry.id(), settings);
            throw file.problem(pointer, withoutFullStop(String.valueOf(e.getMessage())));
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

    private Path locate(Variant file, int index) {
        String workload = file.experiment().workloads().get(index);
        Path path = streams.startingAt(file.folderOf("/workloads/" + index)).find(workload);
        if (path == null) {
            throw missing(file, index, workload);
        }
        return path;
    }

    private ExperimentException missing(Variant file, int index, String workload) {
        List<String> names =
                streams.startingAt(file.folderOf("/workloads/" + index)).names();
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

    private Trial.Workload survey(Variant file, int index, Path path) {
        String name = StreamCatalog.nameOf(file.experiment().workloads().get(index));
        Trial.Workload known = surveyed.get(name);
        if (known != null) {
            if (!known.file().equals(path)
                    || file.experiment().workloads().subList(0, index).stream()
                            .anyMatch(before -> StreamCatalog.nameOf(before).equals(name))) {
                throw file.problem(
                        "/workloads/" + index, "two workloads are called '" + name + "'; rename one of the files");
            }
            return known;
        }
        StreamSurvey survey = StreamSurveyor.survey(path);
        if (survey.header().gva()) {
            throw file.problem(
                    "/workloads/" + index,
                    "'" + name + "' has virtual addresses, for shadow paging, which this version cannot replay yet");
        }
        Trial.Workload workload = new Trial.Workload(name, path, survey);
        surveyed.put(name, workload);
        return workload;
    }

    private static String withoutFullStop(String sentence) {
        String first = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return first.isEmpty() ? first : Character.toLowerCase(first.charAt(0)) + first.substring(1);
    }
}
