package org.shadowmmu.engine.testing;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The heap that objects of the engine and everything behind them take, counted field by field as a 64-bit virtual machine
 * with compressed pointers lays them out. Unlike a look at the heap it gives the same number every time.
 */
public final class HeapSize {
    private static final int OBJECT_HEADER = 12;
    private static final int ARRAY_HEADER = 16;

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> open = new ArrayDeque<>();

    private HeapSize() {}

    /** Bytes of the objects and of all arrays and objects of the engine that can be reached from them. */
    public static long of(Object... roots) {
        HeapSize walk = new HeapSize();
        for (Object root : roots) {
            walk.meet(root);
        }
        long bytes = 0;
        while (!walk.open.isEmpty()) {
            bytes += walk.visit(walk.open.pop());
        }
        return bytes;
    }

    private void meet(Object object) {
        if (object != null && isOurs(object.getClass()) && seen.add(object)) {
            open.push(object);
        }
    }

    private static boolean isOurs(Class<?> type) {
        return type.isArray() || type.getName().startsWith("org.shadowmmu.") && !type.isEnum() && !type.isHidden();
    }

    private long visit(Object object) {
        Class<?> type = object.getClass();
        if (!type.isArray()) {
            return aligned(OBJECT_HEADER + fields(object, type));
        }
        if (object instanceof Object[] elements) {
            for (Object element : elements) {
                meet(element);
            }
        }
        return aligned(ARRAY_HEADER + (long) Array.getLength(object) * size(type.getComponentType()));
    }

    private long fields(Object object, Class<?> type) {
        long bytes = 0;
        for (Class<?> at = type; at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                bytes += size(field.getType());
                if (!field.getType().isPrimitive()) {
                    meet(valueOf(object, field));
                }
            }
        }
        return bytes;
    }

    private static Object valueOf(Object object, Field field) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static int size(Class<?> type) {
        if (type == long.class || type == double.class) {
            return 8;
        }
        if (type == short.class || type == char.class) {
            return 2;
        }
        return type == byte.class || type == boolean.class ? 1 : 4;
    }

    private static long aligned(long bytes) {
        return bytes + 7 & -8L;
    }
}
