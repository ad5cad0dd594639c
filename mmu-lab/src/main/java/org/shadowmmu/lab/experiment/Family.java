package org.shadowmmu.lab.experiment;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A family of synthetic workloads, with its parameters: guests that follow a rule and seeded random numbers. */
public sealed interface Family permits AccessFamily, BootStorm, Processes {
    /** The families, in the order of the reference. */
    List<Class<? extends Family>> ALL = List.of(
            SequentialFill.class,
            Zipf.class,
            WorkingSets.class,
            MemslotChurn.class,
            Migration.class,
            BootStorm.class,
            Processes.class);

    /** The keys of all families. */
    List<String> ALL_WORDS =
            List.of("sequential-fill", "zipf", "working-sets", "memslot-churn", "migration", "boot-storm", "processes");

    /** The key of the family in experiment files. */
    String word();

    /** One line about the guest. */
    String description();

    /** The same family with every parameter at its default. */
    Family byDefault();

    /** Its virtual CPUs. */
    Integer vcpus();

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
