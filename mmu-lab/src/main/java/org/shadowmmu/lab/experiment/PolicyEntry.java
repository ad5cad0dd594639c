package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.Decision;

/**
 * What takes the decisions in one column of an experiment: one policy, which takes all that it can, or a mix, which takes each
 * decision from a policy of its own and leaves the others to upstream.
 */
public record PolicyEntry(
        @Key(
                meaning = "what results call it",
                takes = "a text",
                defaultText = "the id with the parameters that are set, or the mix written out")
        @Nullable String name,

        @Key(
                meaning = "id of the policy, as 'policies list' shows it",
                takes = "the id of a policy",
                defaultText = "a mix of the decisions below")
        @Nullable String id,

        @Key(
                meaning = "values of the policy's parameters, as 'policies describe ID' shows them",
                takes = "a map of parameter names to values",
                defaultText = "every parameter's own default")
        Map<String, ParameterText> parameters,

        @Key(
                name = "reclaim-order",
                meaning = "the policy of a mix that says which shadow page is reclaimed next",
                takes = "a policy, by id or as a map with 'id' and 'parameters'",
                defaultText = "upstream")
        @Nullable PolicyReference reclaimOrder,

        @Key(
                name = "child-zap",
                meaning = "the policy of a mix that says whether a child goes with its last parent",
                takes = "a policy, by id or as a map with 'id' and 'parameters'",
                defaultText = "upstream")
        @Nullable PolicyReference childZap,

        @Key(
                name = "memslot-zap",
                meaning = "the policy of a mix that says how much a memslot change zaps",
                takes = "a policy, by id or as a map with 'id' and 'parameters'",
                defaultText = "upstream")
        @Nullable PolicyReference memslotZap,

        @Key(
                name = "root-zap",
                meaning = "the policy of a mix that says in which order a TDP MMU root is torn down",
                takes = "a policy, by id or as a map with 'id' and 'parameters'",
                defaultText = "upstream")
        @Nullable PolicyReference rootZap) {
    /**
     * @throws IllegalArgumentException if it names neither a policy nor a decision, or both
     */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public PolicyEntry(
            @JsonProperty("name") @Nullable String name,
            @JsonProperty("id") @Nullable String id,
            @JsonProperty("parameters") @Nullable Map<String, ParameterText> parameters,
            @JsonProperty("reclaim-order") @Nullable PolicyReference reclaimOrder,
            @JsonProperty("child-zap") @Nullable PolicyReference childZap,
            @JsonProperty("memslot-zap") @Nullable PolicyReference memslotZap,
            @JsonProperty("root-zap") @Nullable PolicyReference rootZap) {
        boolean mixed = reclaimOrder != null || childZap != null || memslotZap != null || rootZap != null;
        if (id == null && !mixed) {
            throw new IllegalArgumentException("a policy needs the key 'id', or a policy for at least one decision");
        }
        if (id != null && mixed) {
            throw new IllegalArgumentException("a policy has either the key 'id' or a policy per decision, not both");
        }
        if (parameters != null && mixed) {
            throw new IllegalArgumentException(
                    "parameters belong to one policy: write them beside the id of the decision that they are for");
        }
        if (name != null && name.isBlank()) {
            throw new IllegalArgumentException("the 'name' of a policy must not be empty");
        }
        this.id = id;
        this.parameters = parameters == null ? Map.of() : Collections.unmodifiableMap(parameters);
        this.reclaimOrder = reclaimOrder;
        this.childZap = childZap;
        this.memslotZap = memslotZap;
        this.rootZap = rootZap;
        this.name = name;
    }

    /** One policy with some parameters set. */
    public PolicyEntry(String id, Map<String, ParameterText> parameters) {
        this(null, id, parameters, null, null, null, null);
    }

    /** A policy with its own defaults. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static PolicyEntry of(String id) {
        return new PolicyEntry(id, Map.of());
    }

    private static Map<Decision, PolicyReference> mix(
            @Nullable PolicyReference reclaimOrder,
            @Nullable PolicyReference childZap,
            @Nullable PolicyReference memslotZap,
            @Nullable PolicyReference rootZap) {
        Map<Decision, PolicyReference> mix = new EnumMap<>(Decision.class);
        put(mix, Decision.RECLAIM_ORDER, reclaimOrder);
        put(mix, Decision.CHILD_ZAP, childZap);
        put(mix, Decision.MEMSLOT_ZAP, memslotZap);
        put(mix, Decision.ROOT_ZAP, rootZap);
        return mix;
    }

    private static void put(
            Map<Decision, PolicyReference> mix, Decision decision, @Nullable PolicyReference reference) {
        if (reference != null) {
            mix.put(decision, reference);
        }
    }

    /** The one policy; null for a mix. */
    public @Nullable PolicyReference single() {
        return id == null ? null : new PolicyReference(id, parameters);
    }

    /** The decisions of a mix in their declared order; empty for one policy. */
    public Map<Decision, PolicyReference> mix() {
        return mix(reclaimOrder, childZap, memslotZap, rootZap);
    }

    /** Its name in results. */
    public String label() {
        if (name != null) {
            return name;
        }
        return id != null
                ? new PolicyReference(id, parameters).toString()
                : mix().entrySet().stream()
                        .map(part -> part.getKey().id() + ": " + part.getValue())
                        .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return label();
    }
}
