package org.shadowmmu.lab.experiment;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Turns what Jackson found wrong while it bound a tree to records into one sentence with file and line. */
final class BindingProblem {
    private BindingProblem() {}

    static ExperimentException explain(JacksonException problem, JsonNode tree, Origins origins) {
        String pointer = pointer(problem);
        String sentence;
        if (problem instanceof ValueInstantiationException refused
                && refused.getCause() instanceof IllegalArgumentException reason
                && reason.getMessage() != null) {
            sentence = reason.getMessage();
            if (reason instanceof ValueProblem value) {
                pointer = Origins.child(pointer, value.key());
            }
        } else {
            sentence = wrongType(problem, tree.at(pointer));
        }
        return origins.problem(pointer, sentence, problem);
    }

    private static String wrongType(JacksonException problem, JsonNode actual) {
        for (int i = problem.getPath().size() - 1; i >= 0; i--) {
            JacksonException.Reference step = problem.getPath().get(i);
            String name = step.getPropertyName();
            if (name != null) {
                String takes = step.from() instanceof Class<?> type ? Keys.takes(type, name) : null;
                return takes == null
                        ? "'" + name + "' cannot be " + kind(actual)
                        : "'" + name + "' must be " + takes + ", not " + kind(actual);
            }
        }
        return "this cannot be " + kind(actual);
    }

    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "a map";
            case STRING -> "'" + node.asString() + "'";
            case NUMBER, BOOLEAN -> node.asString();
            case NULL -> "empty";
            case BINARY, MISSING, POJO -> "this";
        };
    }

    private static String pointer(JacksonException problem) {
        String pointer = "";
        for (JacksonException.Reference step : problem.getPath()) {
            @Nullable String name = step.getPropertyName();
            pointer = name == null ? pointer + "/" + step.getIndex() : Origins.child(pointer, name);
        }
        return pointer;
    }
}
