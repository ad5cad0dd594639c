package org.shadowmmu.engine.guest;

/** The bits of an access and of a page-fault error code (EV constants). */
public final class Access {
    /** The fault is one of permission: the translation is present. */
    public static final int PRESENT = 1;
    /** A write. */
    public static final int WRITE = 1 << 1;
    /** From user mode. */
    public static final int USER = 1 << 2;
    /** A reserved bit is set in an entry. */
    public static final int RESERVED = 1 << 3;
    /** An instruction fetch. */
    public static final int FETCH = 1 << 4;
    /** A protection key denies it. */
    public static final int PROTECTION_KEY = 1 << 5;
    /** The fault was taken translating the final address (NPT, EPT). */
    public static final long GUEST_FINAL = 1L << 32;
    /** The fault was taken while the processor walked the guest's own tables (NPT, EPT). */
    public static final long GUEST_PAGE = 1L << 33;

    private Access() {}
}
