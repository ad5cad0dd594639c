package org.shadowmmu.lab.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.policy.NearestName;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.ab.Contender;
import org.shadowmmu.lab.ab.Subject;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Family;
import org.shadowmmu.lab.experiment.Kernel;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.trial.AccessStream;
import org.shadowmmu.lab.trial.Workload;
import org.shadowmmu.lab.workload.StreamCatalog;

/** Policies and streams as a command line names them. */
final class Naming {
    private Naming() {}

    /** A policy written {@code ID} or {@code ID:PARAMETER=VALUE,…}. */
    static Contender policy(PolicyCatalog catalog, String name) {
        int colon = name.indexOf(':');
        Map<String, String> settings = new LinkedHashMap<>();
        if (colon >= 0) {
            for (String setting : name.substring(colon + 1).split(",", -1)) {
                int equals = setting.indexOf('=');
                if (equals < 1) {
                    throw new BadInputException(
                            "A policy with parameters is written ID:PARAMETER=VALUE, not '" + name + "'.");
                }
                settings.put(setting.substring(0, equals), setting.substring(equals + 1));
            }
        }
        return new Contender(
                name, catalog.find(colon < 0 ? name : name.substring(0, colon)).choose(settings));
    }

    /** A stream by name or path. */
    private static AccessStream stream(StreamCatalog catalog, String name) {
        Path file = catalog.find(name);
        if (file == null) {
            throw missing(catalog, name);
        }
        return AccessStream.of(StreamCatalog.nameOf(name), file);
    }

    /** A recorded stream or scenario, or a synthetic workload written {@code FAMILY:PARAMETER=VALUE:…}. */
    private static Workload workload(LabEnvironment environment, String name) {
        int colon = name.indexOf(':');
        String family = colon < 0 ? name : name.substring(0, colon);
        if (Family.ALL_WORDS.contains(family)) {
            return Workload.of(Family.parse(name));
        }
        StreamCatalog streams = environment.streams();
        Path recording = name.endsWith(StreamCatalog.ENDING) || streams.names().contains(name)
                ? null
                : environment.recordings().find(name);
        return recording == null ? stream(streams, name) : Workload.recorded(recording);
    }

    /** A workload on a host; what is null is as the workload needs, or as always. */
    static Subject placed(
            LabEnvironment environment,
            String name,
            @Nullable String mode,
            @Nullable String era,
            @Nullable String backing) {
        Workload workload = workload(environment, name);
        Experiment host;
        try {
            host = Experiment.of(
                    mode == null ? null : Mode.of(mode),
                    era == null ? null : Kernel.of(era),
                    backing == null ? null : Backing.of(backing));
        } catch (IllegalArgumentException e) {
            throw new BadInputException("Of the options, " + e.getMessage() + ".", e);
        }
        String refusal = workload.refusal(host);
        if (refusal != null) {
            throw new BadInputException("The workload " + refusal + ".");
        }
        return new Subject(workload, workload.host(host));
    }

    /** A workload on a host that gives samples to compare on. */
    static Subject subject(LabEnvironment environment, String name, @Nullable String mode, String era, String backing) {
        Subject subject = placed(environment, name, mode, era, backing);
        boolean stretches = subject.workload() instanceof AccessStream stream && stream.family() == null;
        if (!stretches && !subject.workload().random()) {
            throw new BadInputException(
                    "Nothing in '" + name + "' is random, so it gives no sample to compare on; use 'run' with it.");
        }
        return subject;
    }

    private static BadInputException missing(StreamCatalog catalog, String name) {
        String nearest = NearestName.of(name, catalog.names());
        return new BadInputException("There is no stream '" + name + "'; "
                + (nearest == null
                        ? "there is " + String.join(", ", catalog.names()) + "."
                        : "did you mean '" + nearest + "'?"));
    }
}
