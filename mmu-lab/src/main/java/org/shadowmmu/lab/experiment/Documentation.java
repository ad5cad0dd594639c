package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the records that experiment files are bound to say of themselves: rows for people, a JSON Schema for editors. */
public final class Documentation {
    private static final String TYPE = "type";
    private static final String MAP = "object";

    private Documentation() {}

    /** The records whose keys an experiment file may have, outermost first. */
    public static List<Class<?>> records() {
        List<Class<?>> records =
                new ArrayList<>(List.of(Experiment.class, Composition.class, PolicyEntry.class, WorkloadEntry.class));
        records.addAll(WorkloadEntry.FAMILIES.values());
        return List.copyOf(records);
    }

    /** The keys of an experiment file as rows of a Markdown table: key, meaning, what it takes, what holds without it. */
    public static List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (Class<?> type : records()) {
            Keys.of(type).forEach((name, component) -> {
                Key key = Keys.key(component);
                rows.add("| `" + name + "` | " + key.meaning() + " | " + key.takes() + " | "
                        + (key.defaultText().isEmpty() ? "not allowed" : key.defaultText()) + " |");
            });
        }
        return rows;
    }

    /** The names of all keys of a file and of its policies. */
    public static List<String> keys() {
        return records().stream()
                .flatMap(type -> Keys.of(type).keySet().stream())
                .toList();
    }

    /** The JSON Schema (2020-12) of experiment files, to be written as JSON. */
    public static Map<String, Object> schema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Experiment file of Shadow MMU Lab");
        schema.put(TYPE, MAP);
        Map<String, Object> properties = new LinkedHashMap<>();
        Stream.of(Experiment.class, Composition.class).forEach(type -> addProperties(type, properties));
        schema.put("properties", properties);
        schema.put("additionalProperties", false);
        return schema;
    }

    private static void addProperties(Class<?> type, Map<String, Object> properties) {
        Keys.of(type).forEach((name, component) -> properties.put(name, property(name, component)));
    }

    private static Map<String, Object> property(String name, RecordComponent component) {
        Key key = Keys.key(component);
        Map<String, Object> property = new LinkedHashMap<>();
        property.put(
                "description",
                key.meaning() + "; must be " + key.takes()
                        + (key.defaultText().isEmpty() ? "" : "; left out: " + key.defaultText()));
        if (name.equals(Composition.EXTENDS)) {
            property.put(TYPE, List.of("string", "array"));
            property.put("items", Map.of(TYPE, "string"));
        } else {
            property.putAll(schemaOf(name, component.getGenericType()));
        }
        return property;
    }

    private static Map<String, Object> schemaOf(String name, Type type) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put(TYPE, "array");
            Map<String, Object> members = schemaOf(name, list.getActualTypeArguments()[0]);
            if (!members.isEmpty()) {
                schema.put("items", members);
            }
            return schema;
        }
        if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put(TYPE, MAP);
            Map<String, Object> members = schemaOf(name, map.getActualTypeArguments()[1]);
            if (!members.isEmpty()) {
                schema.put("additionalProperties", members);
            }
            return schema;
        }
        Class<?> plain = (Class<?>) type;
        if (plain == Long.class) {
            // Ranges of seeds are texts until they are written out.
            return Map.of(TYPE, name.equals(SeedRange.SEEDS) ? List.of("integer", "string") : "integer");
        }
        if (plain == MemorySize.class || plain == Share.class) {
            return simple(String.class);
        }
        if (plain.isEnum()) {
            return Map.of("enum", Words.of(plain));
        }
        return plain.isRecord() ? recordSchema(plain) : simple(plain);
    }

    /** A record is whatever its creators take. */
    private static Map<String, Object> recordSchema(Class<?> type) {
        List<Object> forms = new ArrayList<>();
        Stream<Executable> creators = Stream.concat(Stream.of(type.getConstructors()), Stream.of(type.getMethods()))
                .filter(creator -> creator.isAnnotationPresent(JsonCreator.class));
        List<Map<String, Object>> delegating = new ArrayList<>();
        creators.forEach(creator -> {
            if (creator instanceof Method) {
                delegating.add(simple(creator.getParameterTypes()[0]));
            } else {
                Map<String, Object> properties = new LinkedHashMap<>();
                addProperties(type, properties);
                Map<String, Object> map = new LinkedHashMap<>();
                map.put(TYPE, MAP);
                map.put("properties", properties);
                map.put("additionalProperties", false);
                forms.add(map);
            }
        });
        // The order in which Java lists methods is not defined.
        delegating.stream()
                .sorted(java.util.Comparator.comparing(Object::toString))
                .forEach(forms::add);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("anyOf", forms);
        return schema;
    }

    private static Map<String, Object> simple(Class<?> type) {
        if (type == String.class) {
            return Map.of(TYPE, "string");
        }
        if (type == long.class || type == Integer.class) {
            return Map.of(TYPE, "integer");
        }
        if (type == Double.class) {
            return Map.of(TYPE, "number");
        }
        return type == boolean.class || type == Boolean.class ? Map.of(TYPE, "boolean") : Map.of();
    }
}
