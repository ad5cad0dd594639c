package org.shadowmmu.lab.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.policy.NearestName;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.ab.Contender;
import org.shadowmmu.lab.trial.AccessStream;
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
