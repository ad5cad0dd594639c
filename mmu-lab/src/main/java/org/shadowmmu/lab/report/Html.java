package org.shadowmmu.lab.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.shadowmmu.lab.store.Json;

/** Text for HTML and SVG, with everything that came from outside escaped. */
final class Html {
    private final StringBuilder text = new StringBuilder();

    /** Appends markup as it is. */
    Html raw(String markup) {
        text.append(markup);
        return this;
    }

    /** Appends text, escaped. */
    Html text(String content) {
        text.append(escape(content));
        return this;
    }

    /** Appends an element with text in it; {@code tag} may have attributes. */
    Html element(String tag, String content) {
        int space = tag.indexOf(' ');
        return raw("<" + tag + ">").text(content).raw("</" + (space < 0 ? tag : tag.substring(0, space)) + ">");
    }

    /** Escapes text for content and quoted attributes. */
    static String escape(String content) {
        StringBuilder escaped = new StringBuilder(content.length() + 16);
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
            }
        }
        return escaped.toString();
    }

    /** What {@code report.js} needs in a figure: a place for the figures pointed at, and the figures. */
    static String pointer(Object data) {
        return "<div class=\"tip\" role=\"status\" hidden></div>\n<script type=\"application/json\">"
                + scriptJson(Json.text(data)) + "</script>\n";
    }

    /** Escapes JSON so that it may stand in a script element. */
    private static String scriptJson(String json) {
        return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }

    /** A file that lies beside this class. */
    static String resource(String name) {
        try (InputStream in = Html.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the lab's jar lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
