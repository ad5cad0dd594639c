package org.shadowmmu.lab.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.shadowmmu.engine.policy.NearestName;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The way to a value of an experiment, such as {@code policies.lru-moveup.parameters.on}: the keys on it with dots between. A
 * member of a list is named by its place, counted from 0, or by the name or id in it.
 *
 * @param text as written
 */
record TreePath(String text) {
    private static final String ID = "id";
    private static final String NAME = "name";
    private static final String WORKLOADS = "workloads";
    private static final String STREAM = "stream";
    private static final List<String> NAMING = List.of(NAME, ID, STREAM, "recording");

    /** The keys on the way. */
    List<String> steps() {
        return List.of(text.split("\\.", -1));
    }

    /** The first key. */
    String first() {
        return steps().get(0);
    }

    /**
     * The tree with {@code value} at this path. Maps that are not there yet are made.
     *
     * @throws ExperimentException if the path leads through a list that has no such member, or through a plain value
     */
    Tree.Table set(Tree.Table tree, Tree value) {
        List<String> steps = steps();
        if (steps.stream().anyMatch(String::isBlank)) {
            throw value.place().problem("'" + text + "' is no path: it is made of keys with dots between");
        }
        return (Tree.Table) set(tree, steps, value);
    }

    private Tree set(Tree at, List<String> steps, Tree value) {
        if (steps.isEmpty()) {
            return value;
        }
        String step = steps.get(0);
        List<String> rest = steps.subList(1, steps.size());
        if (at instanceof Tree.Items list) {
            int index = indexOf(list, step, value.place());
            Tree member = list.members().get(index);
            Tree whole = rest.isEmpty() ? member : withId(member);
            List<Tree> members = new ArrayList<>(list.members());
            members.set(index, set(whole, rest, value));
            return new Tree.Items(list.place(), members);
        }
        if (at instanceof Tree.Table table) {
            Tree below = table.members().get(step);
            Tree start = below == null ? new Tree.Table(value.place(), new LinkedHashMap<>()) : below;
            // On the first step there is nothing yet that could stand for a policy.
            boolean policy = steps.size() < steps().size() && !rest.isEmpty();
            return table.with(step, set(policy ? withId(start) : start, rest, value));
        }
        throw value.place()
                .problem("'" + text + "' leads nowhere: " + at.json() + " has no '" + step + "', it is a plain value");
    }

    private int indexOf(Tree.Items list, String step, Place place) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < list.members().size(); i++) {
            String name = nameOf(list.members().get(i));
            if (name.equals(step) || Integer.toString(i).equals(step)) {
                return i;
            }
            names.add(name);
        }
        throw place.problem("there is no '" + step + "' on the path '" + text + "'; there is "
                + String.join(", ", names) + clause(step, names));
    }

    private static String clause(String step, List<String> names) {
        String nearest = NearestName.of(step, names);
        return nearest == null ? "" : "; did you mean '" + nearest + "'?";
    }

    private static String nameOf(Tree member) {
        if (member instanceof Tree.Table table) {
            for (String key : NAMING) {
                if (table.members().get(key) instanceof Tree.Leaf leaf) {
                    return leaf.json().asString();
                }
            }
            // What has none of these is a synthetic workload, named by its family.
            return table.members().entrySet().stream()
                    .filter(entry -> entry.getValue() instanceof Tree.Table)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse("");
        }
        return member instanceof Tree.Leaf leaf ? leaf.json().asString() : "";
    }

    /** What is written as an id alone, or as the name of a stream, as the map that it is short for. */
    private Tree withId(Tree member) {
        return member instanceof Tree.Leaf leaf && leaf.json().isString()
                ? new Tree.Table(
                        leaf.place(), new LinkedHashMap<>(Map.of(first().equals(WORKLOADS) ? STREAM : ID, leaf)))
                : member;
    }

    /** A word as a leaf at a place. */
    static Tree word(String word, Place place) {
        return new Tree.Leaf(place, JsonNodeFactory.instance.stringNode(word));
    }
}
