package org.shadowmmu.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a policy is, for people and for the host.
 *
 * @param id lower-case name, unique among all loaded jars: letters, digits and inner hyphens, 1 to 40 characters
 * @param summary one line that says what the policy does
 * @param source where the idea comes from: a mail, commit, paper or "own"
 * @param apiVersion the version of the SPI that the policy was built for
 * @param parameters typed parameters in the order in which they are shown; names are unique
 * @param decisions the decisions this policy takes, at least one
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public record PolicyDescriptor(
        String id,
        String summary,
        String source,
        ApiVersion apiVersion,
        List<Parameter> parameters,
        Set<Decision> decisions) {
    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /**
     * @throws IllegalArgumentException if the id is malformed, a text is blank, no decision is named, or two parameters
     *     have the same name
     */
    public PolicyDescriptor {
        Objects.requireNonNull(apiVersion, "apiVersion");
        if (id.length() > 40 || !ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "a policy id has 1 to 40 lower-case letters, digits and inner hyphens, not '" + id + "'");
        }
        if (summary.isBlank() || source.isBlank()) {
            throw new IllegalArgumentException("policy '" + id + "' needs a summary and a source");
        }
        parameters = List.copyOf(parameters);
        // A linked set keeps the declared order in reports; Set.copyOf would shuffle it from run to run.
        decisions = Collections.unmodifiableSet(new LinkedHashSet<>(decisions));
        if (decisions.isEmpty()) {
            throw new IllegalArgumentException("policy '" + id + "' takes no decision");
        }
        Set<String> names = new LinkedHashSet<>();
        for (Parameter parameter : parameters) {
            if (!names.add(parameter.name())) {
                throw new IllegalArgumentException(
                        "policy '" + id + "' declares parameter '" + parameter.name() + "' twice");
            }
        }
    }

    /**
     * Starts a descriptor.
     *
     * @param builtFor the SPI version the policy is compiled with: write {@link ApiVersion#COMPILED}
     */
    public static Builder of(String id, String summary, String builtFor) {
        return new Builder(id, summary, ApiVersion.parse(builtFor));
    }

    /** Collects the parts of a {@link PolicyDescriptor}. */
    public static final class Builder {
        private final String id;
        private final String summary;
        private final List<Parameter> parameters = new ArrayList<>();
        private final Set<Decision> decisions = new LinkedHashSet<>();
        private final ApiVersion apiVersion;
        private String source = "own";

        private Builder(String id, String summary, ApiVersion apiVersion) {
            this.id = id;
            this.summary = summary;
            this.apiVersion = apiVersion;
        }

        /** Names where the idea comes from; "own" if never called. */
        public Builder source(String text) {
            source = text;
            return this;
        }

        /** Adds a parameter. */
        public Builder parameter(Parameter parameter) {
            parameters.add(parameter);
            return this;
        }

        /** Adds decisions the policy takes. */
        public Builder decides(Decision... taken) {
            decisions.addAll(List.of(taken));
            return this;
        }

        /**
         * Makes the descriptor.
         *
         * @throws IllegalArgumentException as the record's constructor
         */
        public PolicyDescriptor build() {
            return new PolicyDescriptor(id, summary, source, apiVersion, parameters, decisions);
        }
    }
}
