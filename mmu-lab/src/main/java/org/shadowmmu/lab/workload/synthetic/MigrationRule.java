package org.shadowmmu.lab.workload.synthetic;

import org.shadowmmu.lab.experiment.Migration;

/** Carries {@link Migration} out. Marker 1 is set before logging is switched on, marker 2 when it is switched off. */
final class MigrationRule {
    private final Migration family;
    private final SyntheticGuest guest;

    MigrationRule(Migration family, SyntheticGuest guest) {
        this.family = family;
        this.guest = guest;
    }

    void run() {
        guest.fill();
        guest.marker(1);
        guest.logDirty(true);
        for (int round = 0; round < family.rounds(); round++) {
            round();
            guest.readDirtyLog();
        }
        guest.logDirty(false);
        guest.marker(2);
        round();
    }

    private void round() {
        long hot = family.hot().of(family.memory());
        for (int i = 0; i < family.accesses(); i++) {
            boolean toHot = guest.places().nextDouble() < family.toHot().fraction();
            guest.access(guest.anywhere(toHot ? hot : guest.pages()));
        }
    }
}
