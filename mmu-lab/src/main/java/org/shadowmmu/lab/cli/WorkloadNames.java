package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.util.Iterator;

/** The names of the recorded streams, for completion in the shell; folders are listed when somebody iterates. */
public final class WorkloadNames implements Iterable<String> {
    private final LabEnvironment environment;

    /** Made by the injector. */
    @Inject
    public WorkloadNames(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Iterator<String> iterator() {
        return environment.streams().names().iterator();
    }
}
