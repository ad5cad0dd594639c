package org.shadowmmu.lab.experiment;

import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Looks up the {@link Key} of a record component. */
final class Keys {
    private Keys() {}

    /** What the key takes; null if the class has no such key. */
    static @Nullable String takes(Class<?> type, String name) {
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                Key key = component.getAnnotation(Key.class);
                if (key != null && component.getName().equals(name)) {
                    return key.takes();
                }
            }
        }
        return null;
    }
}
