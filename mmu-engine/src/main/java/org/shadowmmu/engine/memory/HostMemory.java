package org.shadowmmu.engine.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory of the host process that runs the virtual machine: its backings, and the invalidations by which the host
 * takes parts of them away (MN-1).
 */
public final class HostMemory {
    /** Told before the host changes how it backs a range; removes translations to it. */
    @FunctionalInterface
    public interface Notifier {
        /** The pages {@code first} to {@code first + count - 1} of the backing go. */
        void unmap(Backing backing, long first, long count);
    }

    private final List<@Nullable Backing> backings = new ArrayList<>();
    /** The backing behind each GiB of host frame numbers. */
    private final List<@Nullable Backing> bySpace = new ArrayList<>();

    private long invalidateSequence;
    /** Invalidations in progress, and the host frames that they cover together. */
    private int inProgress;

    private long firstGoing;
    private long endGoing;
    private Notifier notifier = (backing, first, count) -> {};

    /** Sets who is told of invalidations. */
    public void setNotifier(Notifier notifier) {
        this.notifier = notifier;
    }

    /**
     * Adds a backing, all of it present and writable.
     *
     * @param id a number not used yet, 0 or more
     * @param pages size in 4 KiB pages, 1 or more
     * @param huge whether the host uses 2 MiB pages
     * @throws IllegalArgumentException if the number is taken or a value is out of range
     */
    public Backing addBacking(int id, long pages, boolean huge) {
        if (id < 0 || pages < 1) {
            throw new IllegalArgumentException("backing " + id + " with " + pages + " pages: both must be positive");
        }
        while (backings.size() <= id) {
            backings.add(null);
        }
        if (backings.get(id) != null) {
            throw new IllegalArgumentException("backing " + id + " exists already");
        }
        if (bySpace.isEmpty()) {
            bySpace.add(null);
        }
        Backing backing = new Backing(id, pages, huge, bySpace.size());
        for (long space = Backing.spaceOf(pages); space > 0; space--) {
            bySpace.add(backing);
        }
        backings.set(id, backing);
        return backing;
    }

    /** Whether there is a backing of this number. */
    public boolean has(int id) {
        return id >= 0 && id < backings.size() && backings.get(id) != null;
    }

    /**
     * The backing of this number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Backing backing(int id) {
        if (!has(id)) {
            throw new IllegalArgumentException("there is no backing " + id);
        }
        return Objects.requireNonNull(backings.get(id));
    }

    /** The backing that holds a host frame. */
    public Backing holding(long pfn) {
        return Objects.requireNonNull(bySpace.get((int) (pfn >> Backing.ALIGN_SHIFT)));
    }

    /** Makes the page readable, and writable if {@code write}; may invalidate (RC-24a). */
    public void faultIn(Backing backing, long page, boolean write) {
        backing.faultIn(page, write, this);
    }

    /** Takes pages away and gives nothing back yet (RC-24, {@code DONTNEED}). */
    public void discard(Backing backing, long first, long count) {
        backing.discard(first, count, this);
    }

    /** Grows with each invalidation; a fault that saw another value must start again (PF-22). */
    public long invalidateSequence() {
        return invalidateSequence;
    }

    /** Whether an invalidation is in progress; prefetch waits for its end (PR-1). */
    public boolean invalidating() {
        return inProgress > 0;
    }

    /** Whether an invalidation in progress covers the page: a fault on it has to wait (PF-22). */
    public boolean invalidating(Backing backing, long page) {
        long pfn = backing.pfn(page);
        return inProgress > 0 && pfn >= firstGoing && pfn < endGoing;
    }

    /** Translations went although the host took nothing away: a fault in flight must start again (PF-22, MN-14). */
    public void noteInvalidation() {
        invalidateSequence++;
    }

    void invalidate(Backing backing, long first, long count) {
        long from = backing.pfn(first);
        firstGoing = inProgress == 0 ? from : Math.min(firstGoing, from);
        endGoing = inProgress == 0 ? from + count : Math.max(endGoing, from + count);
        inProgress++;
        notifier.unmap(backing, first, count);
        invalidateSequence++;
        inProgress--;
    }
}
