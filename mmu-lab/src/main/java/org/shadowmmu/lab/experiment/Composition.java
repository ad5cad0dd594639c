package org.shadowmmu.lab.experiment;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The keys that make experiments out of others. They are worked off before the rest is bound, so this record only declares
 * them.
 */
record Composition(
        @Key(
                name = "extends",
                meaning =
                        "experiment files to start from; what is written here replaces what they say, maps key by key",
                takes = "the path of an experiment file, relative to this one, or a list of them",
                defaultText = "nothing")
        List<String> extended,

        @Key(
                meaning =
                        "named changes to this file, one of which '--suite NAME' makes; its results are called NAME too",
                takes = "a map of suite names to maps of keys",
                defaultText = "none")
        Map<String, JsonNode> suites,

        @Key(
                meaning =
                        "keys, or paths such as policies.lru-moveup.parameters.on, with the values to combine each with"
                                + " each",
                takes = "a map of paths to lists of values",
                defaultText = "nothing")
        Map<String, List<JsonNode>> matrix,

        @Key(
                meaning =
                        "keys or paths whose values go together: the first with the first, the second with the second",
                takes = "a map of paths to lists of values, all of one length",
                defaultText = "nothing")
        Map<String, List<JsonNode>> zip) {
    static final String EXTENDS = "extends";
    static final String SUITES = "suites";
    static final String MATRIX = "matrix";
    static final String ZIP = "zip";

    /** All of them. */
    static final List<String> KEYS = List.of(EXTENDS, SUITES, MATRIX, ZIP);
}
