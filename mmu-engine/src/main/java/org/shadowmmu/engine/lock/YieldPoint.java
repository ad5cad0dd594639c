package org.shadowmmu.engine.lock;

/** A place where the kernel lets the MMU lock go if somebody waits for it or the scheduler asks (OV-6). */
public enum YieldPoint {
    /** Before an entry in a walk over a root of the TDP MMU; the walk starts again from the root (TDP-9, TDP-25). */
    TDP_ENTRY,
    /** Between two obsolete pages once 10 were zapped; the walk starts again at the oldest page (ZAP-61). */
    OBSOLETE_BATCH,
    /** Between two batches of unsync pages; what is pending is committed (US-20.3). */
    SYNC_BATCH,
    /** Between two reverse maps of a slot whose dirty log starts or stops (DL-1, DL-2). */
    DIRTY_LOG_RMAP,
    /** Between two frames of a slot that is zapped; what is pending is committed (MS-22, MS-24). */
    SLOT_FRAME,
    /** Between two pages when all are zapped one by one; the walk starts again at the newest page (ZAP-70). */
    ZAP_ALL_PAGE
}
