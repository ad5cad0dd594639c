package org.shadowmmu.lab.experiment;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line changes in an experiment file.
 *
 * @param suite the suite to run; null for the file without any
 * @param settings values to set, each as {@code path=value}
 * @param folder what relative paths in the values start from
 */
public record Overrides(@Nullable String suite, List<String> settings, Path folder) {
    /** Changes nothing. */
    public static final Overrides NONE = new Overrides(null, List.of(), Path.of(""));
}
