package org.shadowmmu.lab.workload.synthetic;

import org.shadowmmu.lab.experiment.SequentialFill;

/** Carries {@link SequentialFill} out: each virtual CPU goes through a part of its own, all of them equally long but the last. */
final class SequentialFillRule {
    private final SequentialFill family;
    private final SyntheticGuest guest;

    SequentialFillRule(SequentialFill family, SyntheticGuest guest) {
        this.family = family;
        this.guest = guest;
    }

    void run() {
        for (int pass = 0; pass < family.passes(); pass++) {
            guest.marker(pass + 1L);
            pass();
        }
    }

    private void pass() {
        long used = (guest.pages() + family.stride() - 1) / family.stride();
        int parts = family.vcpus();
        long[] next = new long[parts];
        for (int part = 0; part < parts; part++) {
            next[part] = used * part / parts;
        }
        for (long left = used; left > 0; ) {
            int part = guest.vcpu();
            if (next[part] < used * (part + 1) / parts) {
                guest.access(next[part]++ * family.stride());
                left--;
            } else {
                guest.turn();
            }
        }
    }
}
