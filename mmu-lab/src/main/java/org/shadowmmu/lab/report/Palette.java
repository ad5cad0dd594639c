package org.shadowmmu.lab.report;

/** The colours of policies, told apart by colour-blind readers as well, for light and for dark pages. */
final class Palette {
    private static final String[] LIGHT = {
        "#0b63b0", "#c8500a", "#0a8a63", "#a6438b", "#8a6d00", "#3d8fc9", "#b3303a", "#5b6472"
    };
    private static final String[] DARK = {
        "#63b3f5", "#ff9a57", "#3fd0a0", "#e692cd", "#e0bf3c", "#9ad0f5", "#ff8088", "#a9b3c1"
    };

    /** The number of colours; policy n has colour n modulo this. */
    static final int SIZE = LIGHT.length;

    private Palette() {}

    /** The style sheet part that sets the variable {@code --c} on the classes {@code c0}, {@code c1}, …. */
    static String css() {
        return rules("--c", LIGHT) + "@media (prefers-color-scheme:dark){\n" + rules("--c", DARK) + "}\n";
    }

    /** The same as colour of the elements, for programs that know no variables. */
    static String light() {
        return rules("color", LIGHT);
    }

    /** As {@link #light}, on a dark page. */
    static String dark() {
        return rules("color", DARK);
    }

    private static String rules(String property, String[] colours) {
        StringBuilder css = new StringBuilder();
        for (int i = 0; i < SIZE; i++) {
            css.append(".c" + i + "{" + property + ":" + colours[i] + "}\n");
        }
        return css.toString();
    }
}
