package org.shadowmmu.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands of this program that a Markdown page shows: in fenced or indented blocks, and in the running text. */
public final class DocumentedCommands {
    private static final String PROGRAM = "./shadowmmu";
    private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern INLINE = Pattern.compile("`(\\./shadowmmu [^`]+)`");

    /** A word of a shell, and the parts of which it is put together: quoted one way, the other, or not at all. */
    private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+");

    private static final Pattern PART = Pattern.compile("\"([^\"]*)\"|'([^']*)'|[^\"']+");

    /**
     * A command as a reader would type it.
     *
     * @param page the page, relative to the root
     * @param text what is written
     * @param arguments the words behind the name of the program, as a shell makes them
     * @param output what the page says it prints, empty if it does not say
     */
    public record Command(String page, String text, List<String> arguments, String output) {
        @Override
        public String toString() {
            return page + ": " + text.strip().replace("\n", " ");
        }
    }

    private DocumentedCommands() {}

    /** The commands of a page, in order. */
    public static List<Command> of(String page) throws IOException {
        String text = Files.readString(Project.root().resolve(page));
        List<Command> commands = new ArrayList<>();
        Matcher fenced = FENCED.matcher(text);
        StringBuilder rest = new StringBuilder();
        while (fenced.find()) {
            fenced.appendReplacement(rest, "");
            if (fenced.group(1).equals("sh")) {
                Matcher next = FENCED.matcher(text);
                boolean answered = next.find(fenced.end())
                        && next.group(1).equals("text")
                        && text.substring(fenced.end(), next.start()).isBlank();
                statements(fenced.group(2))
                        .forEach(statement -> add(commands, page, statement, answered ? next : null));
            }
        }
        fenced.appendTail(rest);
        for (String line : rest.toString().split("\n")) {
            if (line.startsWith("    ")) {
                add(commands, page, line, null);
            }
        }
        Matcher inline = INLINE.matcher(rest.toString().replaceAll("(?m)^    .*$", ""));
        while (inline.find()) {
            add(commands, page, inline.group(1).replace("\n", " "), null);
        }
        return commands;
    }

    private static void add(List<Command> commands, String page, String statement, Matcher answer) {
        List<String> words = words(statement);
        if (!words.isEmpty() && words.get(0).equals(PROGRAM)) {
            commands.add(new Command(
                    page, statement, words.subList(1, words.size()), answer == null ? "" : answer.group(2)));
        }
    }

    /** Lines, with those put together that a quotation mark or a backslash joins. */
    private static List<String> statements(String block) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (String line : block.split("\n")) {
            statement.append(line);
            boolean quoted = statement.chars().filter(c -> c == '"').count() % 2 == 1;
            if (quoted) {
                statement.append('\n');
            } else if (line.endsWith("\\")) {
                statement.setLength(statement.length() - 1);
            } else {
                statements.add(statement.toString());
                statement.setLength(0);
            }
        }
        return statements;
    }

    /** The words of a statement up to a comment, a pipe, a redirection or the next statement. */
    public static List<String> words(String statement) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(statement.strip());
        for (int at = 0; word.find(at); at = word.end()) {
            if (words.isEmpty() && word.start() > 0 || word.group().matches("(?s)#.*|[|;&].*|[12]?>.*")) {
                break;
            }
            StringBuilder plain = new StringBuilder();
            Matcher part = PART.matcher(word.group());
            while (part.find()) {
                plain.append(
                        part.group(1) != null ? part.group(1) : part.group(2) != null ? part.group(2) : part.group());
            }
            words.add(plain.toString());
        }
        return words;
    }
}
