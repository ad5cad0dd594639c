package org.shadowmmu.engine.lock;

/** What the MMU lock is held for. Work inside other work counts for the outer one. */
public enum LockedWork {
    FAULT("fault", "page faults, with the reclaim and the prefetch they cause (PF-10, PF-12)"),
    ROOTS("roots", "loading, synchronising and freeing roots (SP-30, US-25, VC-23)"),
    GUEST_TABLES("guest_tables", "emulated writes to guest tables, unprotecting, INVLPG (EM-10, ZAP-30, US-30)"),
    QUOTA("quota", "changes of the quota (ZAP-42)"),
    ZAP_ALL("zap_all", "zapping every shadow page of the legacy MMU (ZAP-60, ZAP-61, ZAP-70)"),
    ROOT_ZAP("root_zap", "tearing down the roots of the TDP MMU that a fast zap made invalid (TDP-21)"),
    SLOT_ZAP("slot_zap", "zapping one memslot only (MS-22 to MS-24)"),
    DIRTY_LOG("dirty_log", "starting, stopping, reading and clearing a dirty log (DL-1 to DL-5)"),
    UNMAP("unmap", "the host taking memory away (MN-10)"),
    REQUESTED_ZAP("requested_zap", "zaps that a policy asked for");

    private final String key;
    private final String meaning;

    LockedWork(String key, String meaning) {
        this.key = key;
        this.meaning = meaning;
    }

    /** The name in results. */
    public String key() {
        return key;
    }

    /** One line that says what it is. */
    public String meaning() {
        return meaning;
    }
}
