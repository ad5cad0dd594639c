package org.shadowmmu.lab.reproduce;

import org.shadowmmu.lab.time.CostModel;

/** Benches for tests: no policy jars, and nobody who hears that a story ended. */
final class Benches {
    private Benches() {}

    static Bench on(Workers workers) {
        return on(workers, () -> {});
    }

    static Bench on(Workers workers, Runnable ended) {
        return new Bench(
                (id, settings) -> {
                    throw new IllegalStateException("no jar has a policy " + id);
                },
                CostModel.standard(),
                workers,
                ended);
    }
}
