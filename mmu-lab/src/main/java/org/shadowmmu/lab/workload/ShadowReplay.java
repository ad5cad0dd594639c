package org.shadowmmu.lab.workload;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Replays a stream with virtual addresses under shadow paging: accesses are made by virtual address, and every change of a
 * guest page table is a store by the guest, so that write protection, unsync pages, emulation and flushes do their work.
 *
 * <p>What a stream leaves open is decided as {@code docs/shadow-replay.md} tells. The replay checks itself as it goes: each
 * access must reach the recorded page without a guest fault, and the tables in memory must always say what the stream says.
 */
public final class ShadowReplay implements Replay, StreamVisitor {
    private static final long PAGING = 1L << 31;
    private static final long PAE = 1 << 5;
    private static final long PGE = 1 << 7;
    private static final long LONG_MODE_AND_NX = 1 << 8 | 1 << 11;
    private static final int LEVELS = 4;

    /** Where Linux maps all memory, its own image, and (early) memory one to one; in pages. */
    private static final long[] WINDOWS = {0xffff888000000000L >>> 12, 0xffffffff80000000L >>> 12, 0};

    private static final long PAGE_MASK = (1L << 52) - 1;
    /** An address that no table maps, for an INVLPG whose address is not known. */
    private static final long NOWHERE = -4096;
    /** So many zeros in a row are the clearing of a page with a string instruction; single entries come alone. */
    private static final int CLEARING = 8;

    private final ShadowMachine machine;
    private final MemoryLayout layout;
    private final AccessTally tally;
    private final GuestTables tables;
    private final PendingFlushes flushes;
    private final Map<Long, Long> lastWrites = new HashMap<>();
    private NavigableMap<Long, List<TableLives.Life>> lives = new TreeMap<>();

    private Runnable windowCheck = () -> {};

    private int vcpu;
    private long moment;
    private boolean paging;
    private long cr4;
    private long topTable;
    private long userCode;
    private long kernelCode;

    /** A write that may turn out to be the store to a table that follows; -1 for none. */
    private long writtenGfn = -1;

    private long writtenPage;

    /** A run of zeros stored to a table, not made yet. */
    private long clearedTable;

    private int clearedFrom;
    private int clearedCount;
    private boolean clearedAnnounced;

    private long tableStores;
    private long faultingStores;
    private long clearingStores;
    private long tableLives;
    private long restoredEntries;
    private long unmappedEntries;
    private long invalidations;
    private long blindInvalidations;
    private long guestFaults;
    private long wrongPages;
    private long wrongTables;

    /** Prepares a replay and gives the machine its memory; as {@link StreamReplay}. */
    public ShadowReplay(
            ShadowMachine machine, StreamSurvey survey, boolean huge, Region region, LongConsumer progress) {
        if (survey.vcpus() > 1) {
            throw new ReplayException(
                    "A stream with virtual addresses has one virtual CPU, this one has " + survey.vcpus() + ".");
        }
        this.machine = machine;
        layout = new MemoryLayout(machine, survey.blocks(), huge);
        tally = new AccessTally(machine, survey.instructions(), region, progress);
        tables = new GuestTables(machine, LEVELS);
        flushes = new PendingFlushes(machine, tables);
    }

    /**
     * Reads the stream twice, the second time driving the machine to its end.
     *
     * @throws ReplayException if the guest did not see what the recorded guest saw, or the machine refuses something
     */
    @Override
    public void run(StreamSource source, UnaryOperator<StreamVisitor> around) {
        lives = TableLives.of(source);
        source.read(around.apply(this));
        finishDeferred();
        tally.reportRest();
        if (!shadowTotals().faithful()) {
            throw new ReplayException("The guest went astray: " + wrongPages + " accesses reached another page than in"
                    + " the recording, " + guestFaults + " met a page fault that was not in it, and " + wrongTables
                    + " times its page tables differed.");
        }
    }

    /** Sets what is done at the end of each window. */
    void whenWindowEnds(Runnable check) {
        windowCheck = check;
    }

    @Override
    public ReplayTotals totals() {
        return tally.totals();
    }

    /** What was counted besides. */
    public ShadowTotals shadowTotals() {
        return new ShadowTotals(
                tableStores,
                faultingStores,
                clearingStores,
                tableLives,
                restoredEntries,
                unmappedEntries,
                invalidations,
                blindInvalidations,
                guestFaults,
                wrongPages,
                wrongTables);
    }

    @Override
    public long clock() {
        return tally.clock();
    }

    @Override
    public TimeSeries series() {
        return tally.series();
    }

    // ---- records ---------------------------------------------------------------------------------------------------

    @Override
    public void header(StreamHeader header) {
        if (!header.gva()) {
            throw new ReplayException("The stream has no virtual addresses, which shadow paging needs.");
        }
    }

    @Override
    public void slotChange(SlotChange change) {
        finishDeferred();
        tally.operation();
        layout.apply(change);
        tally.changed();
    }

    @Override
    public void windowBegins(int windowVcpu, long instructions, long windowAccesses) {
        tally.windowBegins(instructions);
        vcpu = windowVcpu;
    }

    @Override
    public void windowEnds() {
        finishDeferred();
        tally.windowEnds();
        windowCheck.run();
    }

    @Override
    public void virtualAccess(EntryKind kind, long gfn, long virtualPage) {
        finishDeferred();
        if (kind == EntryKind.WRITE) {
            writtenGfn = gfn;
            writtenPage = virtualPage;
            lastWrites.put(gfn, virtualPage);
        } else {
            access(kind, gfn, virtualPage);
        }
    }

    @Override
    public void entryWalked(long tableGfn, int level, int index, int flags, long target) {
        finishDeferred();
        passMoment();
        if (!TableEntry.same(machine.peek(gpa(tableGfn, index)), TableEntry.of(flags, target))) {
            wrongTables++;
        }
    }

    @Override
    public void entryWritten(long tableGfn, int index, int flags, long target) {
        long entry = TableEntry.of(flags, target);
        boolean goesOn =
                entry == 0 && clearedCount > 0 && tableGfn == clearedTable && index == clearedFrom + clearedCount;
        boolean announced = writtenGfn == tableGfn;
        if (announced) {
            writtenGfn = -1;
        }
        if (!goesOn) {
            finishDeferred();
        }
        passMoment();
        tableStores++;
        if (entry != 0) {
            store(tableGfn, index, entry, ShadowMachine.Store.MOVE, announced);
        } else if (goesOn) {
            clearedCount++;
        } else {
            clearedTable = tableGfn;
            clearedFrom = index;
            clearedCount = 1;
            clearedAnnounced = announced;
        }
    }

    @Override
    public void event(GuestEvent event, long argument) {
        finishDeferred();
        switch (event) {
            case CR0 -> writeCr0(argument);
            case CR3 -> writeCr3(argument);
            case CR4 -> writeCr4(argument);
            case INVLPG -> invalidate();
            case HLT, MARKER -> {}
        }
    }

    // ---- registers -------------------------------------------------------------------------------------------------

    /** Switching paging on enters long mode: these streams are of 64-bit guests, and EFER is not recorded. */
    private void writeCr0(long value) {
        boolean on = (value & PAGING) != 0;
        if (on && !paging) {
            machine.writeEfer(vcpu, LONG_MODE_AND_NX);
            paging = true;
            writeCr4(cr4);
        }
        paging = on;
        require(machine.writeCr0(vcpu, value), "CR0", value);
    }

    private void writeCr3(long frame) {
        passMoment();
        topTable = frame;
        flushes.flushed();
        require(machine.writeCr3(vcpu, frame << 12), "CR3", frame << 12);
    }

    private void writeCr4(long value) {
        long effective = paging ? value | PAE : value;
        if (((effective ^ cr4) & PGE) != 0) {
            flushes.flushedWithGlobal();
        }
        cr4 = effective;
        require(machine.writeCr4(vcpu, effective), "CR4", effective);
    }

    private void require(boolean legal, String register, long value) {
        if (!legal) {
            throw new ReplayException(
                    "The virtual machine refused to load " + register + " with 0x" + Long.toHexString(value) + ".");
        }
    }

    private void invalidate() {
        @Nullable Long page = flushes.take(topTable);
        if (page == null) {
            blindInvalidations++;
            machine.invalidate(vcpu, NOWHERE);
        } else {
            invalidations++;
            machine.invalidate(vcpu, page << 12);
        }
    }

    // ---- accesses --------------------------------------------------------------------------------------------------

    private void access(EntryKind kind, long gfn, long virtualPage) {
        boolean user = paging && translate(gfn, virtualPage);
        long address = paging ? virtualPage << 12 : gfn << 12;
        if (kind == EntryKind.FETCH) {
            if (user) {
                userCode = address;
            } else {
                kernelCode = address;
            }
        }
        machine.instructionAt(vcpu, user ? userCode : kernelCode);
        int outcome = machine.accessVirtual(vcpu, address, kind, user);
        check(outcome);
        tally.accessed(gfn, outcome);
        if (outcome <= GuestMachine.FAULT && machine.missed(gfn)) {
            wrongPages++;
        }
    }

    private void check(int outcome) {
        if (outcome == ShadowMachine.GUEST_FAULT) {
            guestFaults++;
        } else if (outcome == ShadowMachine.SHUTDOWN) {
            throw new ReplayException("The guest shut down, because its top table lies outside memory.");
        }
    }

    /** Translates as the guest would; returns whether the page is for user mode. */
    private boolean translate(long gfn, long virtualPage) {
        if (!tables.translate(topTable, virtualPage) || tables.gfn() != gfn) {
            wrongTables++;
            return false;
        }
        if (tables.lastTable() >= 0) {
            flushes.used(tables.lastTable(), virtualPage);
        }
        return tables.user();
    }

    /** Makes what was held back. */
    private void finishDeferred() {
        if (writtenGfn >= 0) {
            long gfn = writtenGfn;
            writtenGfn = -1;
            access(EntryKind.WRITE, gfn, writtenPage);
        }
        if (clearedCount > 0) {
            int count = clearedCount;
            clearedCount = 0;
            ShadowMachine.Store how = count >= CLEARING ? ShadowMachine.Store.STRING : ShadowMachine.Store.MOVE;
            clearingStores += count >= CLEARING ? count : 0;
            for (int i = 0; i < count; i++) {
                store(clearedTable, clearedFrom + i, 0, how, clearedAnnounced && i == 0);
            }
        }
    }

    // ---- tables ----------------------------------------------------------------------------------------------------

    /** Time goes on by one moment, at which a page may begin to serve as a table. */
    private void passMoment() {
        moment++;
        if (!lives.isEmpty() && lives.firstKey() == moment) {
            lives.pollFirstEntry().getValue().forEach(this::begin);
        }
    }

    private void begin(TableLives.Life life) {
        tableLives++;
        for (int i = 0; i < life.indexes().length; i++) {
            if (!TableEntry.same(machine.peek(gpa(life.tableGfn(), life.indexes()[i])), life.entries()[i])) {
                restoredEntries++;
                store(life.tableGfn(), life.indexes()[i], life.entries()[i], ShadowMachine.Store.MOVE, false);
            }
        }
    }

    /** The guest stores an entry of one of its tables; {@code announced} if the stream has the store as an access, too. */
    private void store(long table, int index, long entry, ShadowMachine.Store how, boolean announced) {
        long gpa = gpa(table, index);
        long old = machine.peek(gpa);
        flushes.changes(table, index, old);
        long page = pageFor(table);
        if (page < 0) {
            unmappedEntries++;
            if (machine.mirrored(table)) {
                wrongTables++;
            }
            machine.poke(gpa, entry);
        } else {
            machine.instructionAt(vcpu, kernelCode);
            int outcome = machine.storeVirtual(vcpu, page << 12 | 8L * index, entry, how);
            check(outcome);
            if (announced) {
                tally.accessed(table, outcome);
            } else if (outcome != GuestMachine.HIT) {
                faultingStores++;
                tally.changed();
            }
            if (machine.peek(gpa) != entry) {
                wrongTables++;
            }
        }
    }

    /** The virtual page through which the guest writes a table; -1 if there is none. */
    private long pageFor(long table) {
        if (!paging) {
            return table;
        }
        Long last = lastWrites.get(table);
        if (last != null && mapsWritable(last, table)) {
            return last & PAGE_MASK;
        }
        for (long window : WINDOWS) {
            if (mapsWritable(window + table, table)) {
                return window + table;
            }
        }
        return -1;
    }

    private boolean mapsWritable(long virtualPage, long gfn) {
        return tables.translate(topTable, virtualPage) && tables.gfn() == gfn && tables.writable() && !tables.user();
    }

    private static long gpa(long table, int index) {
        return table << 12 | 8L * index;
    }
}
