package org.shadowmmu.lab.experiment;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.shadowmmu.lab.BadInputException;

/** A family of synthetic workloads, with its parameters: guests that follow a rule and seeded random numbers. */
public sealed interface Family permits AccessFamily, BootStorm, Processes {
    /** The keys of all families, in the order of the reference. */
    List<String> ALL_WORDS = List.copyOf(WorkloadEntry.FAMILIES.keySet());

    /** The key of the family in experiment files. */
    String word();

    /** One line about the guest. */
    String description();

    /** The same family with every parameter at its default. */
    Family byDefault();

    /** Its virtual CPUs. */
    Integer vcpus();

    /**
     * A family as a command line has it: {@code zipf}, or {@code zipf:exponent=1.2:memory=2GiB}.
     *
     * @throws BadInputException if it has another form, or a parameter cannot be
     */
    static Family parse(String text) {
        String[] parts = text.split(":", -1);
        List<String> parameters = new ArrayList<>();
        for (String part : List.of(parts).subList(1, parts.length)) {
            int equals = part.indexOf('=');
            if (equals < 1 || !part.matches("[a-z-]+=[A-Za-z0-9.% -]+")) {
                throw new BadInputException(
                        "A synthetic workload is written FAMILY:PARAMETER=VALUE:…, not '" + text + "'.");
            }
            parameters.add(part.substring(0, equals) + ": " + part.substring(equals + 1));
        }
        try {
            Experiment experiment = ExperimentFile.parse(
                            text,
                            "{name: x, policies: [fifo], workloads: [{" + parts[0] + ": {"
                                    + String.join(", ", parameters) + "}}]}")
                    .experiment();
            return Objects.requireNonNull(experiment.workloads().get(0).family());
        } catch (ExperimentException e) {
            throw new BadInputException(
                    "The workload " + String.valueOf(e.getMessage()).replaceFirst(", line 1", ""), e);
        }
    }

    /** Every parameter by its key, defaults included, as text. */
    default Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        Keys.of(getClass()).forEach((key, component) -> parameters.put(key, text(component)));
        return parameters;
    }

    private String text(RecordComponent component) {
        try {
            return String.valueOf(component.getAccessor().invoke(this));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("a record lets its components be read", e);
        }
    }

    /** The family with the parameters that are not at their defaults: {@code zipf(exponent=1.2)}. */
    default String label() {
        Map<String, String> defaults = byDefault().parameters();
        String changed = parameters().entrySet().stream()
                .filter(entry -> !entry.getValue().equals(defaults.get(entry.getKey())))
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(", "));
        return changed.isEmpty() ? word() : word() + "(" + changed + ")";
    }
}
