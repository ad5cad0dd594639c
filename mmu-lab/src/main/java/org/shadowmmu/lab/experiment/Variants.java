package org.shadowmmu.lab.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Works off {@code matrix} and {@code zip}: one tree becomes as many as there are combinations. */
final class Variants {
    /** More than this is a mistake. */
    private static final int MOST = 10_000;

    /** Keys that hold for the whole file. */
    private static final List<String> FIXED = Stream.concat(
                    Composition.KEYS.stream(), Stream.of("name", "description", "foresight", "audit"))
            .toList();

    private Variants() {}

    /** One way to set some paths. */
    private record Choice(TreePath path, Tree value) {}

    /** The trees, without the two keys: the first matrix key changes slowest, {@code zip} fastest. */
    static List<Tree.Table> of(Tree.Table tree) {
        List<Tree.Table> variants = new ArrayList<>();
        variants.add(tree.without(Composition.KEYS));
        for (Map.Entry<String, Tree.Items> entry : lists(tree, Composition.MATRIX)) {
            TreePath path = new TreePath(entry.getKey());
            List<List<Choice>> choices = entry.getValue().members().stream()
                    .map(value -> List.of(new Choice(path, value)))
                    .toList();
            variants = multiply(variants, choices, entry.getValue().place());
        }
        List<Map.Entry<String, Tree.Items>> zip = lists(tree, Composition.ZIP);
        return zip.isEmpty()
                ? variants
                : multiply(variants, zipped(zip), zip.get(0).getValue().place());
    }

    /** The paths of {@code matrix} or {@code zip} with their values. */
    private static List<Map.Entry<String, Tree.Items>> lists(Tree.Table tree, String key) {
        @Nullable Tree varying = tree.members().get(key);
        if (varying == null) {
            return List.of();
        }
        String must = "'" + key + "' must be " + Keys.takes(Composition.class, key);
        if (!(varying instanceof Tree.Table table)) {
            throw varying.place().problem(must + ", not " + BindingProblem.kind(varying.json()));
        }
        List<Map.Entry<String, Tree.Items>> lists = new ArrayList<>();
        for (Map.Entry<String, Tree> entry : table.members().entrySet()) {
            if (!(entry.getValue() instanceof Tree.Items values)
                    || values.members().isEmpty()) {
                throw entry.getValue().place().problem(must + "; '" + entry.getKey() + "' has no list of values");
            }
            if (FIXED.contains(new TreePath(entry.getKey()).first())) {
                throw entry.getValue().place().problem("'" + entry.getKey() + "' cannot vary within a file");
            }
            lists.add(Map.entry(entry.getKey(), values));
        }
        return lists;
    }

    private static List<List<Choice>> zipped(List<Map.Entry<String, Tree.Items>> lists) {
        List<List<Choice>> choices = new ArrayList<>();
        for (Map.Entry<String, Tree.Items> entry : lists) {
            List<Tree> values = entry.getValue().members();
            if (entry != lists.get(0) && values.size() != choices.size()) {
                throw entry.getValue()
                        .place()
                        .problem("the lists of 'zip' must be of one length: '"
                                + lists.get(0).getKey() + "' has " + choices.size() + " values, '" + entry.getKey()
                                + "' has " + values.size());
            }
            for (int i = 0; i < values.size(); i++) {
                if (entry == lists.get(0)) {
                    choices.add(new ArrayList<>());
                }
                choices.get(i).add(new Choice(new TreePath(entry.getKey()), values.get(i)));
            }
        }
        return choices;
    }

    private static List<Tree.Table> multiply(List<Tree.Table> variants, List<List<Choice>> choices, Place place) {
        if ((long) variants.size() * choices.size() > MOST) {
            throw place.problem("this makes more than " + MOST + " combinations");
        }
        List<Tree.Table> all = new ArrayList<>();
        for (Tree.Table variant : variants) {
            for (List<Choice> together : choices) {
                Tree.Table one = variant;
                for (Choice choice : together) {
                    one = choice.path().set(one, asWritten(choice));
                }
                all.add(one);
            }
        }
        return all;
    }

    /** One value of a key that takes a list is a list of one. */
    private static Tree asWritten(Choice choice) {
        Tree value = choice.value();
        boolean alone = choice.path().steps().size() == 1
                && Keys.takesList(Experiment.class, choice.path().text())
                && !(value instanceof Tree.Items);
        return alone ? new Tree.Items(value.place(), List.of(value)) : value;
    }
}
