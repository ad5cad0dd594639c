package org.shadowmmu.lab.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.JsonNodeFactory;

/** Seeds written as a range: {@code 1..30} stands for the thirty numbers from 1 to 30. */
final class SeedRange {
    static final String SEEDS = "seeds";
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})\\.\\.([0-9]{1,9})");
    private static final int MOST = 100_000;

    private SeedRange() {}

    /** The tree with every range among its seeds written out. */
    static Tree.Table spread(Tree.Table tree) {
        if (!(tree.members().get(SEEDS) instanceof Tree.Items seeds)) {
            return tree;
        }
        List<Tree> all = new ArrayList<>();
        for (Tree member : seeds.members()) {
            Matcher range =
                    FORM.matcher(member instanceof Tree.Leaf leaf ? leaf.json().asString("") : "");
            if (!range.matches()) {
                all.add(member);
                continue;
            }
            long first = Long.parseLong(range.group(1));
            long last = Long.parseLong(range.group(2));
            if (last < first || last - first >= MOST) {
                throw member.place().problem("a range of seeds goes up, by " + MOST + " at most, not " + range.group());
            }
            for (long seed = first; seed <= last; seed++) {
                all.add(new Tree.Leaf(member.place(), JsonNodeFactory.instance.numberNode(seed)));
            }
        }
        return tree.with(SEEDS, new Tree.Items(seeds.place(), all));
    }
}
