package org.shadowmmu.lab.experiment;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.shadowmmu.lab.BadInputException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads YAML into trees that know their lines. */
final class YamlText {
    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private YamlText() {}

    /** Reads an experiment file whole; as {@link #read(String, Path)}. */
    static String read(Path file) {
        return read("experiment file", file);
    }

    /**
     * Reads a file whole.
     *
     * @param what what it is called in messages
     * @throws BadInputException if it cannot be read
     */
    static String read(String what, Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new BadInputException("There is no " + what + " " + file + ".", e);
        } catch (MalformedInputException e) {
            throw new BadInputException("The " + what + " " + file + " is not UTF-8 text.", e);
        } catch (IOException e) {
            throw new BadInputException("The " + what + " " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * The tree of a text that begins at {@code start}.
     *
     * @throws ExperimentException if it is no sound YAML, or leaves a value empty
     */
    static Tree parse(String text, Place start) {
        Origins places = new Origins(start);
        JsonNode json;
        try {
            locate(text, start, places);
            json = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw noYaml(e, start);
        }
        refuseEmpty(json, "", places);
        return Tree.of(json, "", places);
    }

    private static void locate(String text, Place start, Origins places) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                Place here = start.at(parser.currentTokenLocation().getLineNr());
                if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw here.problem("aliases (*name) are not supported; write the value out");
                }
                places.note(parser.streamReadContext().pathAsPointer().toString(), here);
            }
        }
    }

    /** An empty value would silently become the default. */
    private static void refuseEmpty(JsonNode node, String pointer, Origins places) {
        if (node.isNull()) {
            throw places.problem(pointer, "a value is missing here: give one, or leave the line out");
        }
        node.properties()
                .forEach(entry -> refuseEmpty(entry.getValue(), Origins.child(pointer, entry.getKey()), places));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuseEmpty(node.get(i), pointer + "/" + i, places);
        }
    }

    private static ExperimentException noYaml(JacksonException problem, Place start) {
        String what = problem.getOriginalMessage().strip().lines().findFirst().orElse("");
        int line = problem.getLocation().getLineNr();
        if (problem.getCause() instanceof MarkedYamlEngineException marked && marked.getProblem() != null) {
            what = marked.getProblem().strip();
            line = marked.getProblemMark().map(mark -> mark.getLine() + 1).orElse(line);
        }
        String sentence = what.endsWith(".") ? what.substring(0, what.length() - 1) : what;
        return start.at(Math.max(1, line)).problem("this is no sound YAML: " + sentence, problem);
    }
}
