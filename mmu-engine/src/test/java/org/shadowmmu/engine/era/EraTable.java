package org.shadowmmu.engine.era;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The eras as a table in Markdown: a row per variant, a column per era. */
final class EraTable {
    private EraTable() {}

    /** The lines of the table, then a paragraph per era. */
    static List<String> lines() {
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder("| topic | variant | rules |");
        StringBuilder rule = new StringBuilder("|---|---|---|");
        for (Era era : Era.ALL) {
            head.append(' ').append(era.name().substring("linux-".length())).append(" |");
            rule.append("---|");
        }
        lines.add(head + " older columns |");
        lines.add(rule + "---|");
        for (RecordComponent topic : Era.class.getRecordComponents()) {
            if (topic.getType().isRecord()) {
                rows(topic, lines);
            }
        }
        for (Era era : Era.ALL) {
            lines.add("");
            lines.add("**" + era.name() + "**: " + era.description()
                    + (era.unproven().isEmpty() ? "" : " " + era.unproven()));
        }
        return lines;
    }

    private static void rows(RecordComponent topic, List<String> lines) {
        for (RecordComponent component : topic.getType().getRecordComponents()) {
            Variant variant = Objects.requireNonNull(
                    component.getAnnotation(Variant.class), () -> component + " says nothing about itself");
            StringBuilder row = new StringBuilder("| ")
                    .append(topic.getName())
                    .append(" | ")
                    .append(variant.meaning())
                    .append(" | ")
                    .append(variant.rules())
                    .append(" |");
            for (Era era : Era.ALL) {
                row.append(' ')
                        .append(text(value(component, value(topic, era))))
                        .append(" |");
            }
            lines.add(row + " " + variant.before61().word() + " |");
        }
    }

    private static Object value(RecordComponent component, Object of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("an accessor of a public record cannot be called", e);
        }
    }

    private static String text(Object value) {
        if (value instanceof Boolean is) {
            return is ? "yes" : "no";
        }
        return value.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
