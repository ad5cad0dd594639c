package org.shadowmmu.lab.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.report.Png;
import org.shadowmmu.lab.store.ResultFolder;
import picocli.CommandLine.Option;

/** The options that write charts as files of their own. */
public final class FigureOptions {
    @Option(names = "--figures", paramLabel = "DIR", description = "Also write every chart there as SVG.")
    private @Nullable Path directory;

    @Option(names = "--png", description = "With --figures: as PNG besides, for what takes no SVG.")
    private boolean png;

    /** Says what is wrong with the options, before anything runs. */
    void check() {
        if (png && directory == null) {
            throw new BadInputException("--png needs --figures DIR, the folder for the charts.");
        }
    }

    /** Writes charts, given as SVG by file name, if they are wanted. */
    void write(LabEnvironment environment, Map<String, String> charts) {
        if (directory == null) {
            return;
        }
        Map<String, byte[]> files = new TreeMap<>();
        charts.forEach((name, svg) -> {
            files.put(name, svg.getBytes(StandardCharsets.UTF_8));
            if (png) {
                files.put(name.replaceFirst("svg$", "png"), Png.of(svg));
            }
        });
        ResultFolder.writeAll(environment.directory().resolve(directory), files);
    }
}
