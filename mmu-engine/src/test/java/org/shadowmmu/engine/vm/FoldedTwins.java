package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.RootZap;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.lock.LockFigure;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.lock.Yielding;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.testing.EventLog;
import org.shadowmmu.engine.testing.TestPolicy;
import org.shadowmmu.engine.tlb.Tlb;

/**
 * Two machines that do the same random things: one keeps what it maps without faults folded, the other unfolds it at once.
 * Nobody may be able to tell them apart.
 */
final class FoldedTwins {
    private static final int SLOTS = 4;
    private static final int BACKINGS = 3;
    private static final int VCPUS = 2;
    private static final long GIB = 0x40000;
    private static final long HOST_PAGES = 2 * GIB;
    private static final long[] BASES = {0, 0x200, 0x10000, GIB, GIB + 0x200, 2 * GIB, 3 * GIB, 4 * GIB, 5 * GIB + 7};
    private static final long BLOCK = 0x200;

    private final SplittableRandom random;
    private final MmuOptions options;
    private final long[] sizes;
    private final Twin folded;
    private final Twin unfolded;
    private int foldedWorked;
    private String what = "";

    /**
     * @param decision what a policy decides at random; the others are upstream's
     * @param large whether ranges are as large as 2 GiB; what is heard or yields is walked entry by entry
     */
    FoldedTwins(
            MmuOptions options,
            Decision decision,
            boolean heard,
            boolean yields,
            boolean tlb,
            boolean large,
            long seed) {
        random = new SplittableRandom(seed);
        this.options = options;
        sizes = large
                ? new long[] {BLOCK, 0x1200, 0x10000, GIB, GIB + 0x400, 2 * GIB, 0x777}
                : new long[] {BLOCK, 0x400, 0x1200, 0x2000, 0x777};
        folded = new Twin(options, decision, heard, yields, tlb, seed);
        unfolded = new Twin(options, decision, heard, yields, tlb, seed);
    }

    /** One of the two, with what it let others do while it yielded. */
    private static final class Twin implements Yielding {
        private final SplittableRandom random;
        private final EventLog events = new EventLog();
        private final VirtualMachine machine;
        private final Audit audit;
        private final List<String> meanwhile = new ArrayList<>();

        Twin(MmuOptions options, Decision decision, boolean heard, boolean yields, boolean tlb, long seed) {
            random = new SplittableRandom(seed);
            machine = VirtualMachine.create(
                    options,
                    VCPUS,
                    TestPolicy.runtime(decision, context -> new AtRandom(new SplittableRandom(seed))),
                    heard ? events : null);
            audit = new Audit(machine);
            for (int backing = 0; backing < BACKINGS; backing++) {
                machine.host().addBacking(backing, HOST_PAGES, backing == 1);
            }
            for (int i = 0; tlb && i < VCPUS; i++) {
                machine.vcpu(i).state().setTlb(new Tlb(16, 4));
            }
            // Without a slot the quota would be 0, and there would be no page for a root.
            machine.setQuota(64);
            machine.setMemslot(0, 0, 0, 0x1200, 0, 0, 0);
            if (yields) {
                machine.lock().setYielding(this);
            }
        }

        @Override
        public boolean wanted(YieldPoint point) {
            return random.nextInt(700) == 0;
        }

        @Override
        public void released(YieldPoint point) {
            long gfn = random.nextLong(4 * GIB);
            Memslot slot = machine.core().memslots.find(0, gfn);
            // An access to a slot or to host memory that is going has to wait until it is gone.
            boolean going = slot != null && slot.invalid() || machine.host().invalidating();
            if (random.nextBoolean() && !going) {
                meanwhile.add(point + " " + gfn + " " + machine.vcpu(1).accessGpa(gfn << 12, AccessKind.WRITE));
            }
        }

        private Map<String, Long> figures() {
            Map<String, Long> figures = new LinkedHashMap<>();
            for (Counter counter : Counter.values()) {
                for (int i = 0; i < (counter.perVcpu() ? VCPUS : 1); i++) {
                    figures.put(counter + " of " + i, machine.counters().get(counter, i));
                }
            }
            for (WorkCounter counter : WorkCounter.values()) {
                figures.put(counter.name(), machine.core().work.get(counter));
            }
            for (LockedWork work : LockedWork.values()) {
                for (LockFigure figure : LockFigure.values()) {
                    figures.put(work + " " + figure, machine.lock().get(figure, work));
                }
            }
            figures.put("events", machine.core().events.number());
            figures.put("used", machine.usedPages());
            figures.put("mapped", machine.mappedGuestPages());
            for (ShadowPage root : machine.core().tdpRoots) {
                figures.put("creation of " + root + " used " + root.rootCount, root.creationNumber());
            }
            for (int i = 0; i < VCPUS; i++) {
                Tlb tlb = machine.vcpu(i).state().tlb();
                if (tlb != null) {
                    figures.put("TLB hits of " + i, tlb.hits());
                    figures.put("TLB misses of " + i, tlb.misses());
                }
            }
            return figures;
        }

        /** The entries of every root as a list of tables, links without the number of their child. */
        private List<String> tables() {
            List<String> tables = new ArrayList<>();
            for (ShadowPage root : machine.core().tdpRoots) {
                tables(root, tables);
            }
            return tables;
        }

        private void tables(ShadowPage table, List<String> tables) {
            long[] entries = table.spt.clone();
            for (int index = 0; index < entries.length; index++) {
                if (Spte.presentNonLeaf(table.spt[index], table.level())) {
                    tables(machine.core().pages.child(table, index), tables);
                    entries[index] = table.spt[index] & ~Spte.ADDRESS;
                }
            }
            tables.add(table + " nx " + table.nxSplit + table.madeForNx + " " + Arrays.hashCode(entries));
        }

        private void unfold() {
            tables();
        }

        private boolean hasFolded() {
            for (int id = 0; id < machine.core().pages.idLimit(); id++) {
                ShadowPage page = machine.core().pages.slot(id);
                if (page.live() && Arrays.stream(page.spt).anyMatch(FoldedEntry::is)) {
                    return true;
                }
            }
            return false;
        }
    }

    private record AtRandom(SplittableRandom random) implements MmuPolicy, RootZap, MemslotZap {
        @Override
        public RootZapOrder order(int rootLevel, int addressSpace) {
            return RootZapOrder.values()[random.nextInt(RootZapOrder.values().length)];
        }

        @Override
        public MemslotZapScope scope(MemslotChange change) {
            return MemslotZapScope.values()[random.nextInt(MemslotZapScope.values().length)];
        }
    }

    /** Does {@code count} things and compares after each; returns after how many the folded twin held folded entries. */
    int run(int count) {
        for (int operation = 0; operation < count; operation++) {
            try {
                step();
                compare();
                if (folded.hasFolded()) {
                    foldedWorked++;
                }
                if (operation % 16 == 0) {
                    audit();
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("operation " + operation + ", " + what + ": " + e.getMessage(), e);
            }
        }
        what = "the end";
        audit();
        assertThat(folded.tables()).isEqualTo(unfolded.tables());
        audit();
        return foldedWorked;
    }

    private void compare() {
        assertThat(folded.figures()).isEqualTo(unfolded.figures());
        assertThat(folded.events.take()).isEqualTo(unfolded.events.take());
        assertThat(folded.meanwhile).isEqualTo(unfolded.meanwhile);
        assertThat(unfolded.hasFolded()).isFalse();
    }

    private void audit() {
        assertThat(folded.audit.check()).isEmpty();
        assertThat(unfolded.audit.check()).isEmpty();
    }

    /** Both do it, with the same result. */
    private @Nullable Object both(Function<VirtualMachine, @Nullable Object> operation) {
        Object result = operation.apply(folded.machine);
        assertThat(operation.apply(unfolded.machine)).isEqualTo(result);
        return result;
    }

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 30) {
            map();
        } else if (dice < 70) {
            access();
        } else if (dice < 80) {
            changeSlot();
        } else if (dice < 82) {
            changeFlags();
        } else if (dice < 86) {
            readOrClearLog();
        } else if (dice < 91) {
            hostTakesPages();
        } else if (dice < 95) {
            zapRange();
        } else if (dice < 98) {
            fault();
        } else {
            long quota = 64 + random.nextLong(80);
            what = "quota " + quota;
            both(machine -> machine.setQuota(quota));
        }
    }

    private @Nullable Memslot slot() {
        int count = folded.machine.core().memslots.count(0);
        return count == 0 ? null : folded.machine.core().memslots.slot(0, random.nextInt(count));
    }

    private void map() {
        Memslot slot = slot();
        if (slot == null) {
            return;
        }
        // Parts of it at first, for as long as something is mapped there; now and then a range that is not aligned.
        long first = slot.baseGfn();
        long count = random.nextInt(12) == 0 ? slot.pages() : Math.max(BLOCK, slot.pages() & -BLOCK);
        for (int tries = random.nextInt(3); tries < 8; tries++) {
            if (tries > 1) {
                first = slot.baseGfn() + (random.nextLong(slot.pages()) & -BLOCK);
                count = Math.max(BLOCK, random.nextLong(slot.endGfn() - first) + 1 & -BLOCK);
            }
            if (map(first, count)) {
                return;
            }
        }
    }

    /** Returns whether it could be done. */
    private boolean map(long from, long pages) {
        AccessKind kind = random.nextBoolean() ? AccessKind.READ : AccessKind.WRITE;
        int vcpu = random.nextInt(VCPUS);
        what = "mapping 0x" + Long.toHexString(from) + " +0x" + Long.toHexString(pages) + " " + kind;
        Object refusal = both(machine -> {
            try {
                machine.vcpu(vcpu).mapWithoutFaults(from, pages, kind);
                return "";
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        });
        unfolded.unfold();
        return "".equals(refusal);
    }

    private long frame() {
        Memslot slot = slot();
        return slot == null || random.nextInt(12) == 0
                ? BASES[random.nextInt(BASES.length)] + random.nextLong(0x1000)
                : slot.baseGfn() + random.nextLong(slot.pages());
    }

    private void access() {
        long gfn = frame();
        AccessKind kind = AccessKind.values()[random.nextInt(4)];
        int vcpu = random.nextInt(VCPUS);
        boolean inGuest = random.nextInt(4) == 0;
        what = kind + " of frame 0x" + Long.toHexString(gfn) + " by " + vcpu;
        both(machine -> inGuest
                ? machine.vcpu(vcpu).accessInGuest(gfn << 12, kind)
                : machine.vcpu(vcpu).accessGpa(gfn << 12, kind) + " "
                        + machine.vcpu(vcpu).walkedPfn());
    }

    private void fault() {
        long gfn = frame();
        long error = Access.USER
                | Access.GUEST_FINAL
                | (random.nextBoolean() ? Access.PRESENT : 0)
                | (random.nextBoolean() ? Access.WRITE : 0)
                | (random.nextInt(8) == 0 ? Access.RESERVED : 0);
        what = "fault " + Long.toHexString(error) + " at frame 0x" + Long.toHexString(gfn);
        both(machine -> {
            machine.vcpu(0).enter();
            return machine.vcpu(0).fault(gfn << 12, error);
        });
    }

    private void changeSlot() {
        int id = random.nextInt(SLOTS);
        Memslot slot = folded.machine.core().memslots.byId(0, id);
        long base = BASES[random.nextInt(BASES.length)];
        if (slot == null) {
            long pages = sizes[random.nextInt(sizes.length)];
            long hostPage = random.nextInt(3) == 0 ? random.nextLong(HOST_PAGES - pages + 1) : 0;
            hostPage &= random.nextInt(5) == 0 ? -1 : -BLOCK;
            int flags = random.nextInt(12) == 0 ? random.nextInt(4) : 0;
            int backing = random.nextInt(6) == 0 ? 1 : 2 * random.nextInt(2);
            what = "creation of slot " + id;
            long from = hostPage;
            both(machine -> machine.setMemslot(0, id, base, pages, flags, backing, from));
        } else if (random.nextInt(3) != 0) {
            what = "deletion of slot " + id;
            both(machine -> machine.setMemslot(0, id, 0, 0, 0, 0, 0));
        } else {
            what = "move of slot " + id;
            set(slot, base, slot.flags());
        }
    }

    private void set(Memslot slot, long base, int flags) {
        both(machine -> machine.setMemslot(
                0, slot.id(), base, slot.pages(), flags, slot.backing().id(), slot.backingPage()));
    }

    private void changeFlags() {
        Memslot slot = slot();
        if (slot != null) {
            what = "log of slot " + slot.id() + " on or off";
            set(slot, slot.baseGfn(), slot.flags() ^ Memslot.LOG_DIRTY);
        }
    }

    private void readOrClearLog() {
        Memslot slot = slot();
        if (slot == null) {
            return;
        }
        what = "log of slot " + slot.id();
        both(machine -> {
            long[] log = machine.dirtyLog(0, slot.id());
            return log == null ? 0 : Arrays.hashCode(log);
        });
        if (options.dirtyManualProtect()) {
            long first = random.nextLong(slot.pages()) & -64;
            long count = random.nextBoolean() ? slot.pages() - first : Math.min(64, slot.pages() - first);
            both(machine -> machine.clearDirtyLog(0, slot.id(), first, count));
        }
    }

    private void hostTakesPages() {
        int backing = random.nextInt(BACKINGS);
        long first = random.nextLong(HOST_PAGES);
        long count = Math.min(HOST_PAGES - first, 1L << random.nextInt(11));
        if (random.nextInt(3) != 0) {
            first &= -(random.nextBoolean() ? GIB : BLOCK);
            count = random.nextBoolean() ? HOST_PAGES - first : BLOCK;
        }
        long from = first;
        long pages = count;
        long touched = from + random.nextLong(pages);
        boolean touches = random.nextInt(3) == 0;
        boolean write = random.nextBoolean();
        what = "host takes pages 0x" + Long.toHexString(from) + " +0x" + Long.toHexString(pages) + " of " + backing;
        both(machine -> {
            machine.host().discard(machine.host().backing(backing), from, pages);
            if (touches) {
                machine.host().faultIn(machine.host().backing(backing), touched, write);
            }
            return machine.host().invalidateSequence();
        });
    }

    private void zapRange() {
        long first = frame() & (random.nextBoolean() ? -BLOCK : -1);
        long count = random.nextBoolean() ? GIB : 1 + random.nextLong(0x800);
        what = "zap of range 0x" + Long.toHexString(first) + " +0x" + Long.toHexString(count);
        both(machine -> {
            machine.zapGfnRange(first, first + count);
            return null;
        });
    }
}
