package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a guest does in an experiment: a recorded stream, a recorded scenario, or a synthetic workload of one family. */
public record WorkloadEntry(
        @Key(
                meaning = "what results call it",
                takes = "a text",
                defaultText = "the stream, the recording, or the family with what is not at its default")
        @Nullable String name,

        @Key(
                meaning = "a recorded stream",
                takes = "a name in data/streams or the path of a .gpas.gz file",
                defaultText = "another kind of workload")
        @Nullable String stream,

        @Key(
                meaning = "a recorded scenario, whose operations are carried out again",
                takes = "the path of a recording, from data/recordings or from this file",
                defaultText = "another kind of workload")
        @Nullable String recording,

        @Key(
                meaning = "where the figures begin; what lies before is warm-up",
                takes = "a marker such as 'marker 10', a share such as '20 %' or a number of instructions or accesses",
                defaultText = "the beginning; the end of the first fill for families that fill memory first")
        @Nullable Moment from,

        @Key(
                meaning = "where the figures end",
                takes = "a marker such as 'marker 12', a share such as '80 %' or a number of instructions or accesses",
                defaultText = "the end")
        @Nullable Moment to,

        @Key(
                name = "sequential-fill",
                meaning = "a guest that goes through its memory in order",
                takes = "a map of its parameters, {} for the defaults",
                defaultText = "another kind of workload")
        @Nullable SequentialFill sequentialFill,

        @Key(
                meaning = "a guest that uses its pages by Zipf's law",
                takes = "a map of its parameters, {} for the defaults",
                defaultText = "another kind of workload")
        @Nullable Zipf zipf,

        @Key(
                name = "working-sets",
                meaning = "a guest that works in phases, each with a working set of its own",
                takes = "a map of its parameters, {} for the defaults",
                defaultText = "another kind of workload")
        @Nullable WorkingSets workingSets,

        @Key(
                name = "memslot-churn",
                meaning = "a guest beside whose memory the memslot of a device comes and goes",
                takes = "a map of its parameters, {} for the defaults",
                defaultText = "another kind of workload")
        @Nullable MemslotChurn memslotChurn,

        @Key(
                meaning = "a guest whose memory is copied with dirty logging while it runs",
                takes = "a map of its parameters, {} for the defaults",
                defaultText = "another kind of workload")
        @Nullable Migration migration,

        @Key(
                name = "boot-storm",
                meaning = "a guest hypervisor under which nested guests boot, write to their memory and end",
                takes = "a map of its parameters, {} for the defaults",
                defaultText = "another kind of workload")
        @Nullable BootStorm bootStorm,

        @Key(
                meaning = "a guest under shadow paging in which short processes are forked, start a program and end",
                takes = "a map of its parameters, {} for the defaults",
                defaultText = "another kind of workload")
        @Nullable Processes processes) {
    /** The synthetic families by their keys, in the order of the reference. */
    static final Map<String, Class<?>> FAMILIES = families();

    private static Map<String, Class<?>> families() {
        Map<String, Class<?>> families = new LinkedHashMap<>();
        Keys.of(WorkloadEntry.class).forEach((key, component) -> {
            if (Family.class.isAssignableFrom(component.getType())) {
                families.put(key, component.getType());
            }
        });
        return Collections.unmodifiableMap(families);
    }

    /**
     * @throws IllegalArgumentException if it names no workload, or more than one
     */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public WorkloadEntry(
            @JsonProperty("name") @Nullable String name,
            @JsonProperty("stream") @Nullable String stream,
            @JsonProperty("recording") @Nullable String recording,
            @JsonProperty("from") @Nullable Moment from,
            @JsonProperty("to") @Nullable Moment to,
            @JsonProperty("sequential-fill") @Nullable SequentialFill sequentialFill,
            @JsonProperty("zipf") @Nullable Zipf zipf,
            @JsonProperty("working-sets") @Nullable WorkingSets workingSets,
            @JsonProperty("memslot-churn") @Nullable MemslotChurn memslotChurn,
            @JsonProperty("migration") @Nullable Migration migration,
            @JsonProperty("boot-storm") @Nullable BootStorm bootStorm,
            @JsonProperty("processes") @Nullable Processes processes) {
        this.name = name;
        this.stream = stream;
        this.recording = recording;
        this.from = from;
        this.to = to;
        this.sequentialFill = sequentialFill;
        this.zipf = zipf;
        this.workingSets = workingSets;
        this.memslotChurn = memslotChurn;
        this.migration = migration;
        this.bootStorm = bootStorm;
        this.processes = processes;
        List<String> kinds = new ArrayList<>();
        choices(
                        stream,
                        recording,
                        families(sequentialFill, zipf, workingSets, memslotChurn, migration, bootStorm, processes))
                .forEach((kind, value) -> kinds.add(kind));
        if (kinds.size() != 1) {
            throw new IllegalArgumentException("a workload is exactly one of 'stream', 'recording' and the families "
                    + FAMILIES.keySet().stream().map(key -> "'" + key + "'").collect(Collectors.joining(", "))
                    + (kinds.isEmpty() ? "; this is none" : ", not " + String.join(" and ", kinds)));
        }
        if (name != null && name.isBlank()) {
            throw new ValueProblem("name", "the 'name' of a workload must not be empty");
        }
    }

    private static List<Family> families(@Nullable Family... families) {
        return Stream.of(families).filter(Objects::nonNull).toList();
    }

    private static Map<String, Object> choices(
            @Nullable String stream, @Nullable String recording, List<Family> families) {
        Map<String, Object> choices = new LinkedHashMap<>();
        if (stream != null) {
            choices.put("stream", stream);
        }
        if (recording != null) {
            choices.put("recording", recording);
        }
        families.forEach(family -> choices.put(family.word(), family));
        return choices;
    }

    /** A recorded stream. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static WorkloadEntry of(String stream) {
        return new WorkloadEntry(null, stream, null, null, null, null, null, null, null, null, null, null);
    }

    /** The family of a synthetic workload with its parameters; null for a recorded one. */
    public @Nullable Family family() {
        List<Family> families =
                families(sequentialFill, zipf, workingSets, memslotChurn, migration, bootStorm, processes);
        return families.isEmpty() ? null : families.get(0);
    }

    /** Its name in results, if it has one of its own or is synthetic; otherwise what the file calls it. */
    public String label() {
        if (name != null) {
            return name;
        }
        Family family = family();
        return family != null ? family.label() : String.valueOf(stream != null ? stream : recording);
    }

    @Override
    public String toString() {
        return label();
    }
}
