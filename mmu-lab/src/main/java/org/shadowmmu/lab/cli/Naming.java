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
    static AccessStream stream(StreamCatalog catalog, String name) {
        Path file = catalog.find(name);
        if (file == null) {
            throw missing(catalog, name);
        }
        return AccessStream.of(StreamCatalog.nameOf(name), file);
    }

    /** A recorded stream, or a synthetic workload written {@code FAMILY:PARAMETER=VALUE:…}. */
    static Workload workload(StreamCatalog catalog, String name) {
        int colon = name.indexOf(':');
        String family = colon < 0 ? name : name.substring(0, colon);
        return Family.ALL_WORDS.contains(family) ? Workload.of(Family.parse(name)) : stream(catalog, name);
    }

    /** A workload as {@link #workload} has it, on a host. */
    static Subject subject(StreamCatalog catalog, String name, @Nullable String mode, String era, String backing) {
        Workload workload = workload(catalog, name);
        Experiment host;
        try {
            host = Experiment.of(mode == null ? null : Mode.of(mode), Kernel.of(era), Backing.of(backing));
        } catch (IllegalArgumentException e) {
            throw new BadInputException("Of the options, " + e.getMessage() + ".", e);
        }
        String refusal = workload.refusal(host);
        if (refusal != null) {
            throw new BadInputException("The workload " + refusal + ".");
        }
        if (!(workload instanceof AccessStream) && !workload.random()) {
            throw new BadInputException(
                    "Nothing in '" + name + "' is random, so it gives no sample to compare on; use 'run' with it.");
        }
        if (workload instanceof AccessStream stream && stream.family() != null && !workload.random()) {
            throw new BadInputException(
                    "Nothing in '" + name + "' is random, so it gives no sample to compare on; use 'run' with it.");
        }
        return new Subject(workload, workload.host(host));
    }

    /** Says that a stream is of the kind that cannot be replayed here. */
    static BadInputException virtual(String name) {
        return new BadInputException(
                "'" + name + "' has virtual addresses, for shadow paging, which this command cannot" + " replay yet.");
    }

    private static BadInputException missing(StreamCatalog catalog, String name) {
        String nearest = NearestName.of(name, catalog.names());
        return new BadInputException("There is no stream '" + name + "'; "
                + (nearest == null
                        ? "there is " + String.join(", ", catalog.names()) + "."
                        : "did you mean '" + nearest + "'?"));
    }
}
