package org.shadowmmu.lab.workload.synthetic;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.shadowmmu.lab.experiment.WorkingSets;

/** Carries {@link WorkingSets} out. Marker n is set where phase n begins, counted from 1. */
final class WorkingSetsRule {
    private final WorkingSets family;
    private final SyntheticGuest guest;
    private final UniformRandomProvider random;
    /** All runs of the memory; the first ones are the working set. */
    private final int[] runs;

    private final int inSet;
    private final int pagesOfRun;

    WorkingSetsRule(WorkingSets family, SyntheticGuest guest) {
        this.family = family;
        this.guest = guest;
        random = guest.places();
        pagesOfRun = Math.toIntExact(family.run().pages());
        runs = PermutationSampler.natural(Math.toIntExact(guest.pages() / pagesOfRun));
        inSet = Math.toIntExact(family.set().pages() / pagesOfRun);
    }

    void run() {
        PermutationSampler.shuffle(random, runs);
        for (int phase = 1; phase <= family.phases(); phase++) {
            if (phase > 1) {
                change();
            }
            guest.marker(phase);
            for (int i = 0; i < family.accesses(); i++) {
                guest.access(page());
            }
        }
    }

    private long page() {
        if (random.nextDouble() < family.outside().fraction()) {
            return guest.anywhere(guest.pages());
        }
        return (long) runs[random.nextInt(inSet)] * pagesOfRun + random.nextInt(pagesOfRun);
    }

    /** Keeps a random part of the working set; the rest makes room for runs that were not in it, as far as there are any. */
    private void change() {
        PermutationSampler.shuffle(random, runs, inSet - 1, true);
        int kept = (int) (inSet * family.kept().fraction());
        int fresh = Math.min(inSet - kept, runs.length - inSet);
        for (int i = 0; i < fresh; i++) {
            int chosen = inSet + i + random.nextInt(runs.length - inSet - i);
            swap(chosen, inSet + i);
            swap(inSet - 1 - i, inSet + i);
        }
    }

    private void swap(int one, int other) {
        int run = runs[one];
        runs[one] = runs[other];
        runs[other] = run;
    }
}
