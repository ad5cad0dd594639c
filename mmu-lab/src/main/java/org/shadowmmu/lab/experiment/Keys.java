package org.shadowmmu.lab.experiment;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.policy.NearestName;
import tools.jackson.databind.JsonNode;

/** The keys that records declare with {@link Key}. */
final class Keys {
    private Keys() {}

    /** What a key takes; null if the class has no such key. */
    static @Nullable String takes(Class<?> type, String name) {
        RecordComponent component = of(type).get(name);
        return component == null ? null : key(component).takes();
    }

    /** Whether a key takes a list. */
    static boolean takesList(Class<?> type, String name) {
        RecordComponent component = of(type).get(name);
        return component != null && component.getType() == List.class;
    }

    /** The keys of a record as written, in the order of their declaration; empty if the class is no record. */
    static Map<String, RecordComponent> of(Class<?> type) {
        Map<String, RecordComponent> keys = new LinkedHashMap<>();
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                if (component.isAnnotationPresent(Key.class)) {
                    String name = key(component).name();
                    keys.put(name.isEmpty() ? component.getName() : name, component);
                }
            }
        }
        return keys;
    }

    /** What the record says of a key. */
    static Key key(RecordComponent component) {
        return component.getAnnotation(Key.class);
    }

    /**
     * Refuses keys that {@code type} and the records in it do not declare. Jackson would do so as well, but only after it
     * complained of the key that is missing because its name is mistyped.
     */
    static void refuseUnknown(JsonNode node, Class<?> type, String pointer, Origins origins) {
        if (type.isRecord() && node.isObject()) {
            refuseUnknown(node, of(type), pointer, origins);
        }
    }

    /** Refuses unknown keys of a whole file, in which {@link Composition} holds beside {@link Experiment}. */
    static void refuseUnknownInFile(JsonNode file, Origins origins) {
        Map<String, RecordComponent> all = of(Experiment.class);
        all.putAll(of(Composition.class));
        refuseUnknown(file, all, "", origins);
        Map<String, RecordComponent> inSuite = new LinkedHashMap<>(all);
        inSuite.keySet().removeAll(List.of(Composition.EXTENDS, Composition.SUITES));
        file.path(Composition.SUITES)
                .properties()
                .forEach(suite -> refuseUnknown(
                        suite.getValue(),
                        inSuite,
                        Origins.child(Origins.child("", Composition.SUITES), suite.getKey()),
                        origins));
    }

    private static void refuseUnknown(
            JsonNode node, Map<String, RecordComponent> keys, String pointer, Origins origins) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!keys.containsKey(entry.getKey())) {
                throw origins.problem(
                        Origins.child(pointer, entry.getKey()), unknown(entry.getKey(), List.copyOf(keys.keySet())));
            }
        }
        keys.forEach((name, component) -> {
            String at = Origins.child(pointer, name);
            JsonNode value = node.path(name);
            refuseUnknown(value, component.getType(), at, origins);
            for (int i = 0; value.isArray() && i < value.size(); i++) {
                refuseUnknown(value.get(i), memberOf(component.getGenericType()), at + "/" + i, origins);
            }
        });
    }

    private static String unknown(String name, List<String> known) {
        String nearest = NearestName.of(name, known);
        return "unknown key '" + name + "'"
                + (nearest == null
                        ? "; the keys here are " + String.join(", ", known)
                        : "; did you mean '" + nearest + "'?");
    }

    private static Class<?> memberOf(Type list) {
        return list instanceof ParameterizedType type && type.getActualTypeArguments()[0] instanceof Class<?> member
                ? member
                : Object.class;
    }
}
