package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A policy of an experiment file: an id alone, or an id with parameters. */
public record PolicyEntry(
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
    public PolicyEntry(@Nullable String id, @Nullable Map<String, ParameterText> parameters) {
        if (id == null) {
            throw new IllegalArgumentException("a policy needs the key 'id'");
        }
        this.id = id;
        this.parameters = parameters == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** A policy with its own defaults. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static PolicyEntry of(String id) {
        return new PolicyEntry(id, Map.of());
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
