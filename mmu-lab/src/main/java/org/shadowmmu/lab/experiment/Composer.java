package org.shadowmmu.lab.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.shadowmmu.engine.policy.NearestName;
import org.shadowmmu.lab.BadInputException;

/** Makes one tree out of an experiment file, the files it extends, one of its suites and the command line. */
final class Composer {
    private static final String NAME = "name";

    private Composer() {}

    /** The tree of a file on disk. */
    static Tree.Table compose(Path file, Overrides overrides) {
        return compose(file, YamlText.read(file), overrides);
    }

    /** The tree of a text that lies, or might lie, in a file. */
    static Tree.Table compose(Path file, String text, Overrides overrides) {
        Tree.Table tree = load(file, text, List.of(file.toAbsolutePath().normalize()));
        tree = withSuite(tree, overrides.suite());
        for (String setting : overrides.settings()) {
            tree = set(tree, setting, overrides.folder());
        }
        return tree;
    }

    private static Tree.Table load(Path file, String text, List<Path> chain) {
        Path parent = file.getParent();
        Path folder = parent == null ? Path.of("") : parent;
        Place start = new Place(file.toString(), folder, 1);
        if (!(YamlText.parse(text, start) instanceof Tree.Table own)) {
            throw start.problem("an experiment file is a map with the keys name, policies, workloads, …");
        }
        Tree extended = own.members().get(Composition.EXTENDS);
        Tree.Table result = own.without(List.of(Composition.EXTENDS));
        if (extended != null) {
            Tree.Table below = new Tree.Table(start, new LinkedHashMap<>());
            for (Tree.Leaf base : bases(extended)) {
                below = below.under(loadBase(base, folder, chain));
            }
            result = below.under(result);
        }
        return result;
    }

    private static List<Tree.Leaf> bases(Tree extended) {
        List<Tree.Leaf> bases = new ArrayList<>();
        for (Tree member : extended instanceof Tree.Items list ? list.members() : List.of(extended)) {
            if (!(member instanceof Tree.Leaf leaf) || !leaf.json().isString()) {
                throw member.place().problem("'extends' must be " + Keys.takes(Composition.class, Composition.EXTENDS));
            }
            bases.add(leaf);
        }
        return bases;
    }

    private static Tree.Table loadBase(Tree.Leaf base, Path folder, List<Path> chain) {
        Path file = folder.resolve(base.json().asString());
        Path absolute = file.toAbsolutePath().normalize();
        int known = chain.indexOf(absolute);
        if (known >= 0) {
            throw base.place().problem("'extends' goes round in a circle: " + circle(chain, known));
        }
        List<Path> longer = new ArrayList<>(chain);
        longer.add(absolute);
        String text;
        try {
            text = YamlText.read(file);
        } catch (BadInputException e) {
            throw base.place().problem("'extends' names a file that cannot be read: " + file, e);
        }
        return load(file, text, longer);
    }

    private static String circle(List<Path> chain, int known) {
        List<String> names = new ArrayList<>();
        for (Path file : chain.subList(known, chain.size())) {
            names.add(String.valueOf(file.getFileName()));
        }
        names.add(names.get(0));
        return String.join(", ", names);
    }

    private static Tree.Table withSuite(Tree.Table tree, @org.jspecify.annotations.Nullable String name) {
        Tree suites = tree.members().get(Composition.SUITES);
        if (suites != null && !(suites instanceof Tree.Table)) {
            throw suites.place()
                    .problem("'suites' must be " + Keys.takes(Composition.class, Composition.SUITES) + ", not "
                            + BindingProblem.kind(suites.json()));
        }
        Map<String, Tree> known = suites instanceof Tree.Table table ? table.members() : Map.of();
        for (Map.Entry<String, Tree> suite : known.entrySet()) {
            if (!(suite.getValue() instanceof Tree.Table)) {
                throw suite.getValue().place().problem("the suite '" + suite.getKey() + "' must be a map of keys");
            }
        }
        if (name == null) {
            return tree;
        }
        if (!(known.get(name) instanceof Tree.Table suite)) {
            String nearest = NearestName.of(name, known.keySet());
            throw new Place("--suite " + name, Path.of(""), 0)
                    .problem("there is no such suite in " + tree.place().name()
                            + (known.isEmpty() ? "" : "; there is " + String.join(", ", known.keySet()))
                            + (nearest == null ? "" : "; did you mean '" + nearest + "'?"));
        }
        Tree.Table result = tree.under(suite);
        boolean named = suite.members().containsKey(NAME);
        return !named && result.members().get(NAME) instanceof Tree.Leaf own
                ? result.with(NAME, TreePath.word(own.json().asString() + "-" + name, own.place()))
                : result;
    }

    private static Tree.Table set(Tree.Table tree, String setting, Path folder) {
        Place place = new Place("--set " + setting, folder, 0);
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw place.problem("this must be a path, '=' and a value, such as backing=thp");
        }
        if (setting.substring(equals + 1).isBlank()) {
            throw place.problem("there is no value after the '='");
        }
        TreePath path = new TreePath(setting.substring(0, equals));
        refuseVarying(tree, path, place);
        return path.set(tree, YamlText.parse(setting.substring(equals + 1), place));
    }

    /** A matrix would silently win. */
    private static void refuseVarying(Tree.Table tree, TreePath path, Place place) {
        for (String key : List.of(Composition.MATRIX, Composition.ZIP)) {
            if (tree.members().get(key) instanceof Tree.Table varying
                    && varying.members().containsKey(path.text())) {
                throw place.problem("'" + path.text() + "' varies in '" + key + "' of the file; set '" + key + "."
                        + path.text() + "' to a list instead");
            }
        }
    }
}
