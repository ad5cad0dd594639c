package org.shadowmmu.lab.experiment;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.shadowmmu.engine.policy.NearestName;
import tools.jackson.databind.json.JsonMapper;

/** Keys that take one of a few words. */
final class Words {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Words() {}

    /** The words that stand for the constants of an enumeration. */
    static List<String> of(Class<?> enumeration) {
        return Stream.of(enumeration.getEnumConstants())
                .map(constant -> MAPPER.convertValue(constant, String.class))
                .toList();
    }

    /**
     * The constant that {@code word} stands for.
     *
     * @throws IllegalArgumentException if there is none, with a sentence that names all and the nearest
     */
    static <T> T find(String key, T[] constants, Function<T, String> wordOf, String word) {
        List<String> words = Stream.of(constants).map(wordOf).toList();
        int index = words.indexOf(word);
        if (index < 0) {
            String nearest = NearestName.of(word, words);
            throw new IllegalArgumentException("'" + key + "' must be " + String.join(" or ", words) + ", not '" + word
                    + "'" + (nearest == null ? "" : "; did you mean '" + nearest + "'?"));
        }
        return constants[index];
    }
}
