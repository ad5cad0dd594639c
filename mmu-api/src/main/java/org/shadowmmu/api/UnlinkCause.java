package org.shadowmmu.api;

/**
 * Why a child page lost a parent.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public enum UnlinkCause {
    /** The parent page is zapped (ZAP-1.3). */
    PARENT_ZAPPED,
    /** The entry is about to link another page (SP-22). */
    ENTRY_REPLACED,
    /** The guest wrote the table entry and the write was emulated (EM-18). Upstream 6.1 never zaps the child then. */
    EMULATED_WRITE
}
