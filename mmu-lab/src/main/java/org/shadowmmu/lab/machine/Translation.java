package org.shadowmmu.lab.machine;

/** How the recorded CPU translates a virtual address; the result lies here until the next translation. */
interface Translation {
    /** The access is allowed. */
    int OK = 0;
    /** The hardware leaves the guest with a page-fault exit. */
    int EXIT = 1;
    /** The guest itself gets a page fault, without an exit. */
    int GUEST_FAULT = 2;

    /** Translates for an access, bits of {@code Access}. */
    int translate(long va, int access);

    /** The host frame behind the address. */
    long pfn();

    /** The exit's address. */
    long exitAddress();

    /** The exit's error code. */
    long exitError();

    /** The code of a page-fault exit (RC-10). */
    int exitReason();

    /** The error code of the guest's page fault. */
    int guestError();
}
