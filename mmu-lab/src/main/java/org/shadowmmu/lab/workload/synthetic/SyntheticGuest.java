package org.shadowmmu.lab.workload.synthetic;

import org.apache.commons.rng.JumpableUniformRandomProvider;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.core.source64.SplitMix64;
import org.apache.commons.rng.core.source64.XoRoShiRo128PlusPlus;
import org.shadowmmu.lab.experiment.AccessFamily;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.GuestEvent;
import org.shadowmmu.lab.workload.SlotChange;
import org.shadowmmu.lab.workload.StreamVisitor;

/**
 * What the rules of synthetic guests have in common: one memslot of memory, virtual CPUs that take turns, and random numbers.
 *
 * <p>Random numbers are those of XoRoShiRo128++ (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, ACM
 * TOMS 47, 2021), seeded by SplitMix64. Where accesses go and whether they write are drawn from two subsequences that do
 * not overlap, so a change of the share of writes moves no access.
 */
final class SyntheticGuest {
    /** Accesses of a virtual CPU before the next one has its turn. */
    static final int TURN = 64;

    private static final String MEMORY = "memory";
    private static final int WHOLE = 1000;

    private final StreamVisitor visitor;
    private final AccessFamily family;
    private final UniformRandomProvider places;
    private final UniformRandomProvider kinds;
    private final long[] gfns = new long[TURN];
    private final EntryKind[] uses = new EntryKind[TURN];
    private int waiting;
    private int vcpu;
    private long transaction;

    SyntheticGuest(StreamVisitor visitor, AccessFamily family, long seed) {
        this.visitor = visitor;
        this.family = family;
        SplitMix64 seeds = new SplitMix64(seed);
        XoRoShiRo128PlusPlus generator = new XoRoShiRo128PlusPlus(seeds.nextLong(), seeds.nextLong());
        places = subsequence(generator);
        kinds = subsequence(generator);
    }

    private static UniformRandomProvider subsequence(JumpableUniformRandomProvider generator) {
        return generator.jump();
    }

    /** Random numbers that say where accesses go. */
    UniformRandomProvider places() {
        return places;
    }

    /** The guest's memory in pages. */
    long pages() {
        return family.memory().pages();
    }

    /** The virtual CPU that makes the next access. */
    int vcpu() {
        return vcpu;
    }

    /** The virtual CPU whose turn it is reads or writes a page, as the share of writes says. */
    void access(long gfn) {
        use(gfn, kinds.nextInt(WHOLE) < family.writes().thousandths() ? EntryKind.WRITE : EntryKind.READ);
    }

    /** So many accesses to pages anywhere among the first ones. */
    long anywhere(long pages) {
        return places.nextLong(pages);
    }

    /** Writes to every page once, in order. */
    void fill() {
        for (long gfn = 0; gfn < pages(); gfn++) {
            use(gfn, EntryKind.WRITE);
        }
    }

    private void use(long gfn, EntryKind kind) {
        gfns[waiting] = gfn;
        uses[waiting++] = kind;
        if (waiting == TURN) {
            turn();
        }
    }

    /** It is the next virtual CPU's turn. */
    void turn() {
        rest();
        vcpu = (vcpu + 1) % family.vcpus();
    }

    /** Hands over the accesses of the turn so far. */
    void rest() {
        if (waiting > 0) {
            visitor.windowBegins(vcpu, waiting, waiting);
            for (int i = 0; i < waiting; i++) {
                visitor.access(uses[i], gfns[i]);
            }
            visitor.windowEnds();
            waiting = 0;
        }
    }

    /** Sets a marker. */
    void marker(long number) {
        rest();
        visitor.event(GuestEvent.MARKER, number);
    }

    /** Adds the memslot of all memory. */
    void addMemory() {
        change(SlotChange.Operation.ADD, 0, pages(), MEMORY);
    }

    /** Switches dirty logging of all memory on or off. */
    void logDirty(boolean on) {
        change(on ? SlotChange.Operation.LOG_START : SlotChange.Operation.LOG_STOP, 0, pages(), MEMORY);
    }

    /** Reads the dirty log of all memory. */
    void readDirtyLog() {
        rest();
        visitor.dirtyLogRead(0, pages());
    }

    /** Changes a memslot that is a whole block of host memory. */
    void change(SlotChange.Operation operation, long gfn, long pages, String block) {
        rest();
        visitor.slotChange(new SlotChange(operation, 0, gfn, pages, 0, 0, transaction++, -1, block));
    }
}
