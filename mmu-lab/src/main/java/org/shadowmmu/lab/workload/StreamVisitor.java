package org.shadowmmu.lab.workload;

/**
 * Receives the records of a stream in order. A reader calls {@link #header} first; entries and events belong to the window
 * begun last. No method gets an object made for the call other than {@link #header} and {@link #slotChange}.
 */
public interface StreamVisitor {
    /** The first line of the file. */
    default void header(StreamHeader header) {}

    /** The memory layout changes; before the first window this is the layout at power on. */
    default void slotChange(SlotChange change) {}

    /**
     * A stretch of execution of one virtual CPU begins.
     *
     * @param vcpu number of the virtual CPU
     * @param instructions instructions executed since this virtual CPU's previous window
     * @param accesses data accesses made in them, before repeated ones were left out
     */
    default void windowBegins(int vcpu, long instructions, long accesses) {}

    /** A page was used, for the first time in this window in this way. */
    default void access(EntryKind kind, long gfn) {}

    /** The virtual CPU did something else. */
    default void event(GuestEvent event, long argument) {}

    /** The user-space part of the hypervisor reads the dirty log of the slot that covers exactly these pages, which clears it. */
    default void dirtyLogRead(long gfn, long pages) {}

    /** The window that was begun last ends. */
    default void windowEnds() {}

    /** Streams with virtual addresses only: a page was read, written or fetched from through {@code virtualPage}. */
    default void virtualAccess(EntryKind kind, long gfn, long virtualPage) {}

    /**
     * Streams with virtual addresses only: the page walker read a guest page-table entry.
     *
     * @param tableGfn page that holds the entry
     * @param level level of the table, 1 to 4
     * @param index index of the entry, 0 to 511
     * @param flags bits 0 present, 1 writable, 2 user, 3 page size, 4 global, 5 no-execute, 6 accessed, 7 dirty
     * @param target page the entry points to
     */
    default void entryWalked(long tableGfn, int level, int index, int flags, long target) {}

    /** Streams with virtual addresses only: a guest page-table entry was written; parameters as {@link #entryWalked}. */
    default void entryWritten(long tableGfn, int index, int flags, long target) {}
}
