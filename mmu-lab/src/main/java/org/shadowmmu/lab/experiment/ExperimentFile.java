package org.shadowmmu.lab.experiment;

import java.nio.file.Path;
import java.util.List;
import org.shadowmmu.lab.BadInputException;

/**
 * An experiment file, read: what it extends, its suites and the command line are composed into one tree, the tree is spread
 * into its variants, and each of them is bound to records.
 *
 * @param variants one per combination of the values that vary, at least one
 */
public record ExperimentFile(List<Variant> variants) {
    /**
     * Reads a file.
     *
     * @throws ExperimentException if it is no sound experiment
     * @throws BadInputException if it cannot be read
     */
    public static ExperimentFile read(Path file, Overrides overrides) {
        return of(Composer.compose(file, overrides));
    }

    /** As {@link #read(Path, Overrides)}, with nothing changed. */
    public static ExperimentFile read(Path file) {
        return read(file, Overrides.NONE);
    }

    /** Reads the text of a file; {@code name} is for messages and for what it extends. */
    static ExperimentFile parse(String name, String text) {
        return of(Composer.compose(Path.of(name), text, Overrides.NONE));
    }

    private static ExperimentFile of(Tree.Table tree) {
        Origins origins = new Origins(tree.place());
        tree.note("", origins);
        Keys.refuseUnknownInFile(tree.json(), origins);
        List<Tree.Table> variants = Variants.of(tree);
        return new ExperimentFile(variants.stream().map(Variant::bind).toList());
    }

    /** What the first variant says: whatever cannot vary holds for all of them. */
    public Experiment experiment() {
        return variants.get(0).experiment();
    }
}
