package org.shadowmmu.engine.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** Looks through the classes of a policy jar, without running them, for what will not work or not repeat. */
public final class JarInspection {
    private JarInspection() {}

    /** One sentence per finding; empty also for a file that is no jar, which the host complains of. */
    public static List<String> of(Path file) {
        List<String> sentences = new ArrayList<>();
        String name = String.valueOf(file.getFileName());
        try (JarFile jar = new JarFile(file.toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (!entry.getName().endsWith(".class") || entry.getName().endsWith("-info.class")) {
                    continue;
                }
                byte[] bytes = jar.getInputStream(entry).readAllBytes();
                String type = entry.getName().replace('/', '.').replaceAll("\\.class$", "");
                @Nullable String forbidden = ForbiddenReferences.first(bytes);
                if (forbidden != null) {
                    sentences.add(name + " uses " + forbidden + " (in " + type
                            + "), which no policy may use: it fails when the class is loaded.");
                }
                for (String clock : ForbiddenReferences.clocksAndDice(bytes)) {
                    sentences.add(name + " uses " + clock + " (in " + type
                            + "): results may differ from run to run; PolicyContext.random() does not.");
                }
            }
        } catch (IOException | RuntimeException e) {
            return sentences;
        }
        return sentences;
    }
}
