package org.shadowmmu.lab.contention;

import org.shadowmmu.engine.vm.AccessKind;

/** What one virtual CPU does: accesses by guest physical address with the guest's own time between them; never ends. */
public interface GuestWork {
    /** Goes on to the next access. */
    void next();

    /** The guest physical address of the access that is due. */
    long gpa();

    /** Its kind. */
    AccessKind kind();

    /** Whether the guest loads CR3 before the access, which empties its cache of translations. */
    boolean loadsCr3();

    /** The guest's own time after the access, in nanoseconds. */
    double nanos();
}
