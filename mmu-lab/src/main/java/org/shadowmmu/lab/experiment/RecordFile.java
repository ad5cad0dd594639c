package org.shadowmmu.lab.experiment;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.shadowmmu.engine.policy.NearestName;
import org.shadowmmu.lab.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A YAML file that is a map of names to records of one type, read as strictly as experiments are: each problem is one sentence
 * with the line.
 *
 * @param <T> the record, whose components declare their keys with {@link Key}
 */
public final class RecordFile<T> {
    private final Map<String, T> records = new LinkedHashMap<>();
    private final Origins origins;

    private RecordFile(Origins origins) {
        this.origins = origins;
    }

    /**
     * Reads a file.
     *
     * @param what what it is called in messages, for instance {@code file of costs}
     * @param names the names that it may have
     * @throws BadInputException if it cannot be read, has another name or key, or a value that cannot be
     */
    public static <T> RecordFile<T> read(String what, Path file, Class<T> type, List<String> names) {
        return parse(file.toString(), YamlText.read(what, file), type, names);
    }

    /** As {@link #read}, from a text; {@code file} is for messages. */
    public static <T> RecordFile<T> parse(String file, String text, Class<T> type, List<String> names) {
        Place start = new Place(file, Path.of(""), 1);
        if (!(YamlText.parse(text, start) instanceof Tree.Table table)) {
            throw start.problem("this must be a map with some of the keys " + String.join(", ", names));
        }
        Origins origins = new Origins(start);
        table.note("", origins);
        RecordFile<T> result = new RecordFile<>(origins);
        table.members().forEach((name, entry) -> {
            if (!names.contains(name)) {
                String nearest = NearestName.of(name, names);
                throw entry.place()
                        .problem("unknown key '" + name + "'"
                                + (nearest == null
                                        ? "; the keys here are " + String.join(", ", names)
                                        : "; did you mean '" + nearest + "'?"));
            }
            result.records.put(name, bind(entry, type));
        });
        return result;
    }

    private static <T> T bind(Tree entry, Class<T> type) {
        if (!(entry instanceof Tree.Table)) {
            throw entry.place()
                    .problem("this must be a map with the key "
                            + String.join(", ", Keys.of(type).keySet()) + ", not " + BindingProblem.kind(entry.json()));
        }
        Origins origins = new Origins(entry.place());
        entry.note("", origins);
        JsonNode json = entry.json();
        Keys.refuseUnknown(json, type, "", origins);
        try {
            return Variant.MAPPER.treeToValue(json, type);
        } catch (JacksonException e) {
            throw BindingProblem.explain(e, json, origins);
        }
    }

    /** The records by name. */
    public Map<String, T> records() {
        return Collections.unmodifiableMap(records);
    }

    /** The exception that says {@code sentence} about the value at {@code path}: a name, or a name, a slash and a key. */
    public BadInputException problem(String path, String sentence) {
        return origins.problem("/" + path, sentence);
    }
}
