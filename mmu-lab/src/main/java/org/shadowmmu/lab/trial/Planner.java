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
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.experiment.PolicyEntry;
import org.shadowmmu.lab.experiment.PolicyReference;
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
                Trial.Workload workload = survey(variant, i, locate(variant, i));
                refuseOtherMode(variant, i, workload);
                workloads.add(workload);
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
        String pointer = "/policies/" + index;
        PolicyReference single = entry.single();
        if (single != null) {
            return known(entry, PolicyAssignment.of(choose(file, pointer, single)));
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
        return known(entry, PolicyAssignment.mixing(mix));
    }

    private Trial.Policy known(PolicyEntry entry, PolicyAssignment assignment) {
        Trial.Policy policy = new Trial.Policy(entry.label(), assignment);
        known.put(entry, policy);
        return policy;
    }

    private PolicyChoice choose(Variant file, String pointer, PolicyReference reference) {
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
        if (survey.header().gva() && survey.vcpus() > 1) {
            throw file.problem(
                    "/workloads/" + index,
                    "'" + name + "' has virtual addresses and " + survey.vcpus()
                            + " virtual CPUs, but only one can be replayed under shadow paging");
        }
        Trial.Workload workload = new Trial.Workload(name, path, survey);
        surveyed.put(name, workload);
        return workload;
    }

    /** A stream with virtual addresses is for shadow paging, one without is not. */
    private static void refuseOtherMode(Variant file, int index, Trial.Workload workload) {
        Mode mode = file.experiment().mode();
        boolean virtual = workload.survey().header().gva();
        if (mode != null && virtual != (mode == Mode.SHADOW)) {
            throw file.problem(
                    "/workloads/" + index,
                    "'" + workload.name() + "' has " + (virtual ? "" : "no ")
                            + "virtual addresses, so it cannot run in mode " + mode.word());
        }
    }

    private static String withoutFullStop(String sentence) {
        String first = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return first.isEmpty() ? first : Character.toLowerCase(first.charAt(0)) + first.substring(1);
    }
}
