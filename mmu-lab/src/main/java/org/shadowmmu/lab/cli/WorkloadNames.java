package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.shadowmmu.lab.experiment.Family;

/** The names of the recorded streams and the synthetic workloads, for completion in the shell; folders are listed when somebody iterates. */
public final class WorkloadNames implements Iterable<String> {
    private final LabEnvironment environment;

    /** Made by the injector. */
    @Inject
    public WorkloadNames(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Iterator<String> iterator() {
        List<String> names = new ArrayList<>(environment.streams().names());
        Family.ALL_WORDS.forEach(names::add);
        return names.iterator();
    }
}
