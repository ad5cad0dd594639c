package org.shadowmmu.lab.experiment;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
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
        Key key = keyOf(type, name);
        return key == null ? null : key.takes();
    }

    /**
     * Refuses keys that {@code type} and the records in it do not declare. Jackson would do so as well, but only after it
     * complained of the key that is missing because its name is mistyped.
     */
    static void refuseUnknown(JsonNode node, Class<?> type, String pointer, Origins origins) {
        if (!type.isRecord() || !node.isObject()) {
            return;
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String at = Origins.child(pointer, entry.getKey());
            if (keyOf(type, entry.getKey()) == null) {
                throw origins.problem(at, unknown(entry.getKey(), names(type)));
            }
        }
        for (RecordComponent component : type.getRecordComponents()) {
            String at = Origins.child(pointer, nameOf(component));
            JsonNode value = node.path(nameOf(component));
            refuseUnknown(value, component.getType(), at, origins);
            for (int i = 0; value.isArray() && i < value.size(); i++) {
                refuseUnknown(value.get(i), memberOf(component.getGenericType()), at + "/" + i, origins);
            }
        }
    }

    private static String unknown(String name, List<String> known) {
        String nearest = NearestName.of(name, known);
        return "unknown key '" + name + "'"
                + (nearest == null
                        ? "; the keys here are " + String.join(", ", known)
                        : "; did you mean '" + nearest + "'?");
    }

    private static String nameOf(RecordComponent component) {
        @Nullable Key key = component.getAnnotation(Key.class);
        return key == null || key.name().isEmpty() ? component.getName() : key.name();
    }

    private static Class<?> memberOf(Type list) {
        return list instanceof ParameterizedType type && type.getActualTypeArguments()[0] instanceof Class<?> member
                ? member
                : Object.class;
    }

    private static List<String> names(Class<?> type) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.isAnnotationPresent(Key.class)) {
                names.add(nameOf(component));
            }
        }
        return names;
    }

    private static @Nullable Key keyOf(Class<?> type, String name) {
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                if (nameOf(component).equals(name)) {
                    return component.getAnnotation(Key.class);
                }
            }
        }
        return null;
    }
}
