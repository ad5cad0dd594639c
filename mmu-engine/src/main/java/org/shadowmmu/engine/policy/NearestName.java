package org.shadowmmu.engine.policy;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the legal name that a mistyped one probably meant. */
public final class NearestName {
    private NearestName() {}

    /**
     * The name with the smallest edit distance, the first of equals, if it is within a third of the longer length or one
     * edit; else the first name that begins with what was typed; else null.
     */
    public static @Nullable String of(String typed, Collection<String> names) {
        String nearest = null;
        int smallest = Integer.MAX_VALUE;
        for (String name : names) {
            int distance = distance(typed, name);
            int allowed = Math.max(1, Math.max(typed.length(), name.length()) / 3);
            if (distance <= allowed && distance < smallest) {
                nearest = name;
                smallest = distance;
            }
        }
        return nearest != null ? nearest : beginningWith(typed, names);
    }

    private static @Nullable String beginningWith(String typed, Collection<String> names) {
        for (String name : names) {
            if (typed.length() > 1 && name.startsWith(typed)) {
                return name;
            }
        }
        return null;
    }

    /** A clause such as {@code ; did you mean 'fifo'?} or a full stop when nothing is near. */
    public static String hint(String typed, Collection<String> names) {
        String nearest = of(typed, names);
        return nearest == null ? "." : "; did you mean '" + nearest + "'?";
    }

    /** The Levenshtein distance: insertions, deletions and replacements. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, 1 + Math.min(previous[j], current[j - 1]));
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
