package org.shadowmmu.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link of a page that stays within the project leads to a file, and to a heading if it names one. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern QUOTED =
            Pattern.compile("`((?:data|docs|examples|experiments|mmu-[a-z]+|policy-[a-z-]+)/[\\w./-]+)`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    static List<Path> pages() throws IOException {
        Path root = Project.root();
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> pages = files.filter(file -> file.toString().endsWith(".md"))
                    .map(root::relativize)
                    .filter(page -> !page.toString().matches("(?:.*/)?(?:target|results|\\..*)/.*"))
                    .sorted()
                    .toList();
            assertThat(pages).contains(Path.of("README.md"), Path.of("docs/experiments.md"));
            return pages;
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) throws IOException {
        String text = Files.readString(Project.root().resolve(page));
        for (String link : found(LINK, text)) {
            if (link.matches("\\w+:.*")) {
                continue;
            }
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty()
                    ? Project.root().resolve(page)
                    : Project.root().resolve(page).resolveSibling(parts[0]).normalize();
            assertThat(target).as("%s links to %s", page, link).exists();
            if (parts.length == 2) {
                assertThat(anchors(target)).as("%s links to %s", page, link).contains(parts[1]);
            }
        }
    }

    /** A path that begins with a folder of the project is one from its root. */
    @ParameterizedTest
    @MethodSource("pages")
    void everyPathIsThere(Path page) throws IOException {
        for (String path : found(QUOTED, Files.readString(Project.root().resolve(page)))) {
            if (!path.contains("target/")) {
                assertThat(Project.root().resolve(path)).as("%s names it", page).exists();
            }
        }
    }

    private static List<String> anchors(Path page) throws IOException {
        return found(HEADING, Files.readString(page)).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w -]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
