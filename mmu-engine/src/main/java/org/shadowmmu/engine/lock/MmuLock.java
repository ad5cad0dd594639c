package org.shadowmmu.engine.lock;

import org.jspecify.annotations.Nullable;

/**
 * The MMU lock of one virtual machine: measures work, in entries, by who holds it, and yields where a {@link Yielding}
 * says so.
 *
 * <p>Nothing waits here, for one thread owns the machine. Taking a lock that is held continues the hold. Figures are plain
 * counts, so equal runs have equal figures; nothing is allocated.
 */
public final class MmuLock {
    private static final int WIDTH = LockFigure.values().length;
    private static final LockedWork[] KINDS = LockedWork.values();

    private final long[] figures = new long[WIDTH * KINDS.length];
    private Yielding yielding = Yielding.NEVER;

    private @Nullable LockedWork work;
    private boolean writing;
    private int depth;
    private long stepEntries;
    private long stepZapped;
    private long longestStep;
    private long longestStepZapped;
    private long entries;
    private long zapped;

    /** Sets where the kernel yields. */
    public void setYielding(Yielding newYielding) {
        yielding = newYielding;
    }

    /** Takes the lock for writing. */
    public void write(LockedWork newWork) {
        take(newWork, true);
    }

    /** Takes the lock for reading (TDP-2). */
    public void read(LockedWork newWork) {
        take(newWork, false);
    }

    private void take(LockedWork newWork, boolean write) {
        if (depth++ > 0) {
            return;
        }
        work = newWork;
        writing = write;
        begin();
    }

    private void begin() {
        stepEntries = 0;
        stepZapped = 0;
        longestStep = 0;
        longestStepZapped = 0;
        entries = 0;
        zapped = 0;
    }

    /** Lets the lock go; a hold that was continued goes on. */
    public void release() {
        if (--depth == 0) {
            end();
            work = null;
        }
    }

    private void end() {
        if (work == null) {
            throw new IllegalStateException("the MMU lock is not held");
        }
        endStep();
        int at = work.ordinal() * WIDTH;
        figures[at + (writing ? LockFigure.WRITE_HOLDS : LockFigure.READ_HOLDS).ordinal()]++;
        figures[at + LockFigure.ENTRIES.ordinal()] += entries;
        figures[at + LockFigure.ZAPPED.ordinal()] += zapped;
        max(at + LockFigure.LONGEST_STEP.ordinal(), longestStep);
        max(at + LockFigure.LONGEST_STEP_ZAPPED.ordinal(), longestStepZapped);
        max(at + (writing ? LockFigure.LONGEST_WRITE_HOLD : LockFigure.LONGEST_READ_HOLD).ordinal(), entries);
    }

    private void max(int at, long value) {
        figures[at] = Math.max(figures[at], value);
    }

    /** Entries were looked at. */
    public void looked(long count) {
        stepEntries += count;
    }

    /** Entries were looked at, each in a step of its own. */
    public void lookedOneByOne(long count) {
        if (count > 0) {
            looked(1);
            endStep();
            entries += count - 1;
        }
    }

    /** Entries were looked at, each in a step of its own, and some of them were present and removed. */
    public void zappedOneByOne(long count, long removed) {
        endStep();
        entries += count;
        zapped += removed;
        longestStep = Math.max(longestStep, Math.min(count, 1));
        longestStepZapped = Math.max(longestStepZapped, Math.min(removed, 1));
    }

    /** Whether nobody ever asks to yield, so that empty stretches may be skipped at once. */
    public boolean neverYields() {
        return yielding == Yielding.NEVER;
    }

    /** Present SPTEs were removed. */
    public void zapped(long count) {
        stepZapped += count;
    }

    private void endStep() {
        if (stepEntries > longestStep) {
            longestStep = stepEntries;
        }
        if (stepZapped > longestStepZapped) {
            longestStepZapped = stepZapped;
        }
        entries += stepEntries;
        zapped += stepZapped;
        stepEntries = 0;
        stepZapped = 0;
    }

    /**
     * Comes to a point where the kernel may yield: a step ends.
     *
     * @return whether it wants to; then {@link #letGo} follows, once what is pending is done
     */
    public boolean wantsYield(YieldPoint point) {
        endStep();
        return yielding != Yielding.NEVER && depth == 1 && yielding.wanted(point);
    }

    /** Lets the lock go, lets others in, and takes it again. */
    public void letGo(YieldPoint point) {
        LockedWork again = work;
        boolean write = writing;
        if (again == null) {
            throw new IllegalStateException("the MMU lock is not held");
        }
        figures[again.ordinal() * WIDTH + LockFigure.YIELDS.ordinal()]++;
        release();
        yielding.released(point);
        take(again, write);
    }

    /** Whether the lock is held. */
    public boolean held() {
        return depth > 0;
    }

    /** A figure of one kind of work. */
    public long get(LockFigure figure, LockedWork kind) {
        return figures[kind.ordinal() * WIDTH + figure.ordinal()];
    }
}
