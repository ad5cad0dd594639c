package org.shadowmmu.lab.trial;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.shadowmmu.lab.BadInputException;

/**
 * One of several equal parts of a plan, to be run apart from the others, perhaps on another machine.
 *
 * @param index which one, counted from 1
 * @param count how many there are
 */
public record Shard(int index, int count) {
    /** All of the plan. */
    public static final Shard WHOLE = new Shard(1, 1);

    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");

    /**
     * The shard written as {@code k/n}.
     *
     * @throws BadInputException if there is none
     */
    public static Shard of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            Shard shard = new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            if (shard.index >= 1 && shard.index <= shard.count) {
                return shard;
            }
        }
        throw new BadInputException("--shard must be K/N, the part K from 1 to N of N, such as 2/3, not " + text + ".");
    }

    /** Whether a trial belongs to it: trials are dealt out in turn, so that equal ones are spread. */
    public boolean has(Trial trial) {
        return trial.number() % count == index - 1;
    }

    /** What is added to the name of a result folder; nothing for the whole. */
    public String suffix() {
        return count == 1 ? "" : "-" + index + "-of-" + count;
    }
}
