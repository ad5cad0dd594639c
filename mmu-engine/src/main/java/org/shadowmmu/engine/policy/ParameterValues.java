package org.shadowmmu.engine.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.Parameter;
import org.shadowmmu.api.Parameter.BooleanParameter;
import org.shadowmmu.api.Parameter.ChoiceParameter;
import org.shadowmmu.api.Parameter.IntParameter;
import org.shadowmmu.api.Parameters;
import org.shadowmmu.api.PolicyDescriptor;

/** The checked parameter values of one policy, defaults filled in, in the order of the descriptor. */
final class ParameterValues implements Parameters {
    private final PolicyDescriptor descriptor;
    private final Map<String, String> texts;

    private ParameterValues(PolicyDescriptor descriptor, Map<String, String> texts) {
        this.descriptor = descriptor;
        this.texts = texts;
    }

    /**
     * Checks the settings of an experiment and adds the defaults.
     *
     * @throws PolicySelectionException for an unknown name or a value outside its range
     */
    static ParameterValues of(PolicyDescriptor descriptor, Map<String, String> settings) {
        List<String> names =
                descriptor.parameters().stream().map(Parameter::name).toList();
        for (String name : settings.keySet()) {
            if (!names.contains(name)) {
                throw new PolicySelectionException(unknownName(descriptor, name, names));
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Parameter parameter : descriptor.parameters()) {
            String text = settings.getOrDefault(parameter.name(), parameter.defaultText());
            if (!parameter.accepts(text)) {
                throw new PolicySelectionException("Parameter '" + parameter.name() + "' of policy '" + descriptor.id()
                        + "' takes " + parameter.range() + ", not '" + text + "'.");
            }
            texts.put(parameter.name(), text);
        }
        return new ParameterValues(descriptor, Collections.unmodifiableMap(texts));
    }

    private static String unknownName(PolicyDescriptor descriptor, String name, List<String> names) {
        String start = "Policy '" + descriptor.id() + "' has no parameter '" + name + "'";
        return names.isEmpty()
                ? start + "; it has none."
                : start + "; it has " + String.join(", ", names) + NearestName.hint(name, names);
    }

    /** Every value as it would be written in an experiment file. */
    Map<String, String> texts() {
        return texts;
    }

    @Override
    public long integer(String name) {
        return Long.parseLong(text(name, IntParameter.class, "number"));
    }

    @Override
    public boolean bool(String name) {
        return Boolean.parseBoolean(text(name, BooleanParameter.class, "switch"));
    }

    @Override
    public String choice(String name) {
        return text(name, ChoiceParameter.class, "choice");
    }

    private String text(String name, Class<? extends Parameter> type, String kind) {
        for (Parameter parameter : descriptor.parameters()) {
            if (parameter.name().equals(name) && type.isInstance(parameter)) {
                @Nullable String text = texts.get(name);
                if (text != null) {
                    return text;
                }
            }
        }
        throw new IllegalArgumentException(
                "the descriptor of policy '" + descriptor.id() + "' declares no " + kind + " named '" + name + "'");
    }
}
