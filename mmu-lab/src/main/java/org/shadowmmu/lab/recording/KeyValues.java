package org.shadowmmu.lab.recording;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.recording.Syntax.SyntaxException;

/** The {@code key=value} words of a header line; every one must be taken. */
final class KeyValues {
    private final Map<String, String> values = new LinkedHashMap<>();

    /** Reads the words of {@code text} from the first that is not skipped. */
    KeyValues(String text) {
        if (text.isEmpty()) {
            return;
        }
        for (String word : text.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw new SyntaxException("expected key=value, found '" + word + "'");
            }
            if (values.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                throw new SyntaxException("expected " + word.substring(0, equals) + "= once, found it twice");
            }
        }
    }

    String text(String key) {
        String value = values.remove(key);
        if (value == null) {
            throw new SyntaxException("expected " + key + "=, found none");
        }
        return value;
    }

    long number(String key) {
        byte[] bytes = Syntax.ascii(text(key));
        return Syntax.number(bytes, 0, bytes.length);
    }

    long numberOr(String key, long absent) {
        return values.containsKey(key) ? number(key) : absent;
    }

    int small(String key) {
        long value = number(key);
        if (value >>> 31 != 0) {
            throw new SyntaxException("expected " + key + "= below 2147483648, found " + value);
        }
        return (int) value;
    }

    boolean flag(String key) {
        long value = number(key);
        if (value >>> 1 != 0) {
            throw new SyntaxException("expected " + key + "= to be 0 or 1, found " + value);
        }
        return value == 1;
    }

    void noMore() {
        @Nullable String left = values.keySet().stream().findFirst().orElse(null);
        if (left != null) {
            throw new SyntaxException("expected no " + left + "= in this line, found one");
        }
    }

    Map<String, String> all() {
        return values;
    }
}
