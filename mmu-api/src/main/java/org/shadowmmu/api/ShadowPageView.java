package org.shadowmmu.api;

/**
 * What a policy sees of a shadow page: one page of 512 SPTEs that the hypervisor keeps instead of (shadow paging) or
 * beside (two-dimensional paging) a guest page table (SP-1).
 *
 * <p>A view stays valid until the {@link MmuPolicy#pageZapped} hook for it returns; the engine may then use the same
 * object for a new page. Unless a method says otherwise it costs a few nanoseconds and allocates nothing.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface ShadowPageView {
    /**
     * A small number that identifies the page while it lives, 0 or more; numbers of freed pages are used again. Good as
     * an index of a policy's own arrays.
     */
    int id();

    /** The first guest frame number that the page's table maps (direct) or the frame of the guest table it shadows. */
    long gfn();

    /** The 32-bit role word, laid out as in Linux 6.1 (SP-5). */
    int roleWord();

    /** The level of the table: 1 maps 4 KiB pages, 2 maps 2 MiB regions, up to 5. */
    int level();

    /** Whether the translation is computed and no guest table is shadowed (OV-2). */
    boolean direct();

    /** Whether the page serves a nested guest (role bit {@code guest_mode}). */
    boolean guestMode();

    /** The number of virtual CPU root slots, current or cached, that hold this page as a root. */
    int rootCount();

    /** Whether a virtual CPU uses the page as a root; such a page is never a victim of reclaim. */
    default boolean liveRoot() {
        return rootCount() > 0;
    }

    /** The number of SPTEs in other pages that point to this one. */
    int parentCount();

    /**
     * Calls {@code visitor} for the page that holds each parent SPTE, in the order of the parent list (RM-4). A page
     * that links this one twice is visited twice. The visitor must not cause zaps other than through {@link
     * PolicyContext#requestZap}.
     */
    void visitParents(PageVisitor visitor);

    /** Calls {@code visitor} for each linked child in index order. Costs a scan of 512 entries. */
    void visitChildren(PageVisitor visitor);

    /** The number of shadow-present SPTEs, 0 to 512. Costs a scan of 512 entries. */
    int presentEntries();

    /** The number of present leaf SPTEs with the accessed bit, 0 to 512. Costs a scan of 512 entries. */
    int accessedEntries();

    /** Whether the guest may be changing the shadowed table without the hypervisor noticing (US-2). */
    boolean unsync();

    /** The number of entries below which an unsync page may lie (US-5). */
    int unsyncChildren();

    /** The generation of the memslot layout the page was made for, 0 or 1 (ZAP-60). */
    int generation();

    /** How many pages this virtual machine created before this one; grows by one per page. */
    long creationNumber();
}
