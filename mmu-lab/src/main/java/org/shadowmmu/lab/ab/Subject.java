package org.shadowmmu.lab.ab;

import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.trial.AccessStream;
import org.shadowmmu.lab.trial.Workload;

/**
 * What policies are compared on: a workload on a host. The trials of a recorded stream are stretches of it; those of a
 * workload that draws random numbers are whole runs with different seeds.
 */
public record Subject(Workload workload, Host host) {
    /** Whether its trials differ in the seed. */
    public boolean seeded() {
        return workload.random();
    }

    /** Whether an order that knows the rest of the stream can be had: leaf tables must be all that matters. */
    boolean foreseen() {
        return workload instanceof AccessStream stream && stream.foreseen(host);
    }

    /** The stream; only a stream has stretches, or an order with foresight. */
    AccessStream stream() {
        return (AccessStream) workload;
    }
}
