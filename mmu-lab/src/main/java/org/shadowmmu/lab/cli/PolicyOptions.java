package org.shadowmmu.lab.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.engine.host.LoadProblem;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.lab.BadInputException;
import picocli.CommandLine.Option;

/** The options that say where policies come from. */
public final class PolicyOptions {
    @Option(
            names = "--policies",
            paramLabel = "PATH",
            description =
                    "A policy jar, or a folder of them, beside the built-in ones and the folder 'policies' here. May"
                            + " be repeated.")
    private List<Path> paths = new ArrayList<>();

    /** The paths given, as typed. */
    List<Path> paths() {
        return paths;
    }

    /** Loads the policies; problems of single jars go to {@code err}, and the others are loaded all the same. */
    PolicyCatalog load(PolicyHost host, LabEnvironment environment, PrintWriter err) {
        List<Path> all = new ArrayList<>(environment.builtInPolicies());
        for (Path path : paths) {
            Path place = environment.directory().resolve(path);
            if (!Files.exists(place)) {
                throw new BadInputException("There is no policy jar or folder " + path + ".");
            }
            all.add(place);
        }
        PolicyCatalog catalog = host.load(all);
        for (LoadProblem problem : catalog.problems()) {
            err.println("Warning: " + problem.sentence());
        }
        return catalog;
    }
}
