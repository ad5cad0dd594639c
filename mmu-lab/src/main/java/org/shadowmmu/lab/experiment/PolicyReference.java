package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A policy that an experiment file names: an id alone, or an id with parameters. */
public record PolicyReference(
        @Key(meaning = "id of the policy, as 'policies list' shows it", takes = "the id of a policy")
        String id,

        @Key(
                meaning = "values of the policy's parameters, as 'policies describe ID' shows them",
                takes = "a map of parameter names to values",
                defaultText = "every parameter's own default")
        Map<String, ParameterText> parameters) {
    /**
     * @throws IllegalArgumentException if the id is missing
     */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public PolicyReference(@Nullable String id, @Nullable Map<String, ParameterText> parameters) {
        if (id == null) {
            throw new IllegalArgumentException("a policy needs the key 'id'");
        }
        this.id = id;
        this.parameters = parameters == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** A policy with its own defaults. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static PolicyReference of(String id) {
        return new PolicyReference(id, Map.of());
    }

    /** The parameters that are set, by name, as text. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        parameters.forEach((name, value) -> settings.put(name, value.text()));
        return settings;
    }

    /** The id, with the parameters that are set: {@code lru-moveup(on=mapping)}. */
    @Override
    public String toString() {
        if (parameters.isEmpty()) {
            return id;
        }
        StringBuilder text = new StringBuilder(id).append('(');
        parameters.forEach((name, value) -> text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ")
                .append(name)
                .append('=')
                .append(value.text()));
        return text.append(')').toString();
    }
}
