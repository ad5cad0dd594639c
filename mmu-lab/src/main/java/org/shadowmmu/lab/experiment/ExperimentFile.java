package org.shadowmmu.lab.experiment;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads an experiment file: the YAML text becomes a tree and the line of every value, then records.
 *
 * @param experiment what the file says
 * @param origins where it says it
 */
public record ExperimentFile(Experiment experiment, Origins origins) {
    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    /**
     * Reads a file.
     *
     * @throws ExperimentException if it is no sound experiment
     * @throws BadInputException if it cannot be read
     */
    public static ExperimentFile read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new BadInputException("There is no experiment file " + file + ".", e);
        } catch (MalformedInputException e) {
            throw new BadInputException("The experiment file " + file + " is not UTF-8 text.", e);
        } catch (IOException e) {
            throw new BadInputException("The experiment file " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Reads the text of a file; {@code name} is for messages. */
    static ExperimentFile parse(String name, String text) {
        Origins origins = new Origins(name);
        JsonNode tree;
        try {
            locate(text, origins);
            tree = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw noYaml(e, origins);
        }
        if (!tree.isObject()) {
            throw origins.problem("", "an experiment file is a map with the keys name, policies, workloads, …");
        }
        return bind(tree, origins);
    }

    /** The exception that says {@code sentence} about the value at JSON pointer {@code pointer}. */
    public ExperimentException problem(String pointer, String sentence) {
        return origins.problem(pointer, sentence);
    }

    private static ExperimentFile bind(JsonNode tree, Origins origins) {
        refuseEmpty(tree, "", origins);
        Keys.refuseUnknown(tree, Experiment.class, "", origins);
        Experiment experiment;
        try {
            experiment = MAPPER.treeToValue(tree, Experiment.class);
        } catch (JacksonException e) {
            throw BindingProblem.explain(e, tree, origins);
        }
        Experiment.@Nullable Problem problem = experiment.problem();
        if (problem != null) {
            throw origins.problem(problem.pointer(), problem.sentence());
        }
        return new ExperimentFile(experiment, origins);
    }

    /** An empty value would silently become the default. */
    private static void refuseEmpty(JsonNode node, String pointer, Origins origins) {
        if (node.isNull()) {
            throw origins.problem(pointer, "a value is missing here: give one, or leave the line out");
        }
        node.properties()
                .forEach(entry -> refuseEmpty(entry.getValue(), Origins.child(pointer, entry.getKey()), origins));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuseEmpty(node.get(i), pointer + "/" + i, origins);
        }
    }

    private static void locate(String text, Origins origins) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw origins.problemInLine(
                            parser.currentTokenLocation().getLineNr(),
                            "aliases (*name) are not supported; write the value out",
                            null);
                }
                String pointer = parser.streamReadContext().pathAsPointer().toString();
                origins.note(pointer, parser.currentTokenLocation().getLineNr());
            }
        }
    }

    private static ExperimentException noYaml(JacksonException problem, Origins origins) {
        String what = problem.getOriginalMessage().strip().lines().findFirst().orElse("");
        int line = problem.getLocation().getLineNr();
        if (problem.getCause() instanceof MarkedYamlEngineException marked && marked.getProblem() != null) {
            what = marked.getProblem().strip();
            line = marked.getProblemMark().map(mark -> mark.getLine() + 1).orElse(line);
        }
        String sentence = what.endsWith(".") ? what.substring(0, what.length() - 1) : what;
        return origins.problemInLine(Math.max(1, line), "this is no sound YAML: " + sentence, problem);
    }
}
