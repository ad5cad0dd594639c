package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.Decision;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicySelectionException;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.ExperimentFile;
import org.shadowmmu.lab.experiment.PolicyEntry;
import org.shadowmmu.lab.experiment.PolicyReference;
import org.shadowmmu.lab.experiment.Variant;
import org.shadowmmu.lab.experiment.WorkloadEntry;
import org.shadowmmu.lab.workload.RecordingCatalog;
import org.shadowmmu.lab.workload.StreamCatalog;

/** Resolves the names of an experiment and expands it into trials. */
public final class Planner {
    private final PolicySource policies;
    private final WorkloadSource workloads;
    private final Map<Written, Workload> resolved = new HashMap<>();
    private final Map<String, Workload> named = new HashMap<>();
    private final Map<PolicyEntry, Trial.Policy> known = new HashMap<>();

    /** Plans with these policies, streams and recordings. */
    public Planner(PolicySource policies, StreamCatalog streams, RecordingCatalog recordings) {
        this.policies = policies;
        workloads = new WorkloadSource(streams, recordings);
    }

    /**
     * Plans an experiment; reads every stream and recording once.
     *
     * @throws BadInputException if a policy, parameter, stream or recording does not exist, or a file is damaged
     */
    public Plan plan(ExperimentFile file) {
        List<Trial> trials = new ArrayList<>();
        for (Variant variant : file.variants()) {
            Experiment experiment = variant.experiment();
            List<Trial.Policy> chosen = new ArrayList<>();
            for (int i = 0; i < experiment.policies().size(); i++) {
                chosen.add(choose(variant, i));
            }
            List<Workload> guests = new ArrayList<>();
            for (int i = 0; i < experiment.workloads().size(); i++) {
                guests.add(resolve(variant, i));
            }
            trials.addAll(Plan.combinations(experiment, chosen, guests));
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

    private Workload resolve(Variant file, int index) {
        WorkloadEntry entry = file.experiment().workloads().get(index);
        String pointer = "/workloads/" + index;
        Path folder = file.folderOf(pointer);
        Workload workload = known(entry, folder);
        if (workload == null) {
            try {
                workload = workloads.resolve(entry, folder);
            } catch (WorkloadSource.Refused e) {
                throw file.problem(pointer + "/" + e.key(), withoutFullStop(String.valueOf(e.getMessage())));
            }
            resolved.put(new Written(entry, folder), workload);
        }
        Workload same = named.putIfAbsent(workload.name(), workload);
        boolean twice = file.experiment().workloads().subList(0, index).stream()
                .anyMatch(before -> WorkloadSource.nameOf(before).equals(WorkloadSource.nameOf(entry)));
        if (twice || same != null && !same.equals(workload)) {
            throw file.problem(
                    pointer, "two workloads are called '" + workload.name() + "'; give one of them another 'name'");
        }
        String refusal = workload.refusal(file.experiment());
        if (refusal != null) {
            throw file.problem(pointer, refusal);
        }
        return workload;
    }

    private @Nullable Workload known(WorkloadEntry entry, Path folder) {
        return resolved.get(new Written(entry, folder));
    }

    /** An entry and the folder of the file that it is written in. */
    private record Written(WorkloadEntry entry, Path folder) {}

    private static String withoutFullStop(String sentence) {
        String first = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return first.isEmpty() ? first : Character.toLowerCase(first.charAt(0)) + first.substring(1);
    }
}
