package org.shadowmmu.lab.experiment;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * One combination of the values that an experiment file lets vary; the only one if it lets none vary.
 *
 * @param experiment what it says
 * @param origins where it says it
 */
public record Variant(Experiment experiment, Origins origins) {
    /** Binds trees to records without bending any value. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    /** Binds a tree that has only the keys of {@link Experiment}. */
    static Variant bind(Tree.Table tree) {
        Origins origins = new Origins(tree.place());
        Tree.Table spread = SeedRange.spread(tree);
        spread.note("", origins);
        JsonNode json = spread.json();
        Keys.refuseUnknown(json, Experiment.class, "", origins);
        Experiment experiment;
        try {
            experiment = MAPPER.treeToValue(json, Experiment.class);
        } catch (JacksonException e) {
            throw BindingProblem.explain(e, json, origins);
        }
        Experiment.@Nullable Problem problem = experiment.problem();
        if (problem != null) {
            throw origins.problem(problem.pointer(), problem.sentence());
        }
        return new Variant(experiment, origins);
    }

    /** The exception that says {@code sentence} about the value at JSON pointer {@code pointer}. */
    public ExperimentException problem(String pointer, String sentence) {
        return origins.problem(pointer, sentence);
    }

    /** The folder of the file in which the value at {@code pointer} is written. */
    public Path folderOf(String pointer) {
        return origins.placeOf(pointer).folder();
    }
}
