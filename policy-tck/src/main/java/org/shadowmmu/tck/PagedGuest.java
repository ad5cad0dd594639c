package org.shadowmmu.tck;

import java.util.SplittableRandom;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.Vcpu;

/**
 * A guest under shadow paging: eight processes with 4-level tables of their own, all of which map the tables as well, so that
 * the guest changes them by plain stores.
 */
final class PagedGuest {
    private static final long ALL = 0x67;
    private static final int PROCESSES = 8;
    private static final int DATA_TABLES = 12;
    private static final long TABLES = 0x1000;
    private static final long DATA = 0x4000;
    private static final long WINDOW = 0x40000000L;

    private final Guest guest;
    private final Vcpu vcpu;

    PagedGuest(Guest guest) {
        this.guest = guest;
        this.vcpu = guest.machine().vcpu(0);
    }

    void work() {
        guest.slot(0, 0, 0x8000);
        guest.quota(64);
        for (int process = 0; process < PROCESSES; process++) {
            build(process);
        }
        vcpu.registers()
                .setAll(
                        vcpu.state(),
                        0x80010001L,
                        top(0) << 12,
                        Registers.CR4_PAE,
                        Registers.EFER_LME | Registers.EFER_LMA | Registers.EFER_NX);
        vcpu.state().rip = 0;
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 3000; i++) {
            if (i % 50 == 49) {
                vcpu.writeCr3(top(random.nextInt(PROCESSES)) << 12);
            }
            int table = random.nextInt(DATA_TABLES);
            int index = random.nextInt(24);
            long address = (long) table << 21 | (long) index << 12;
            if (i % 5 == 4) {
                changeEntry(i / 50 % PROCESSES, table, index, random.nextInt(0x100));
                vcpu.invlpg(address);
            } else {
                vcpu.accessGva(address, i % 3 == 0 ? AccessKind.WRITE : AccessKind.READ, true);
            }
            guest.step();
        }
        guest.check();
    }

    /** The guest stores an entry of a lowest-level table through the window in which it sees its tables. */
    private void changeEntry(int process, int table, int index, int page) {
        long frame = top(process) + 3 + table;
        long address = WINDOW + (frame - TABLES << 12) + 8L * index;
        vcpu.storeGva(address, DATA + page << 12 | ALL, 8, true);
    }

    private static long top(int process) {
        return TABLES + 32L * process;
    }

    private void build(int process) {
        long top = top(process);
        entry(top, 0, top + 1);
        entry(top + 1, 0, top + 2);
        entry(top + 1, 1, top + 3 + DATA_TABLES);
        for (int table = 0; table < DATA_TABLES; table++) {
            entry(top + 2, table, top + 3 + table);
            for (int index = 0; index < 24; index++) {
                entry(top + 3 + table, index, DATA + (process * 31L + table * 24 + index) % 0x1000);
            }
        }
        long windowTable = top + 3 + DATA_TABLES + 1;
        entry(top + 3 + DATA_TABLES, 0, windowTable);
        for (int frame = 0; frame < 32 * PROCESSES; frame++) {
            entry(windowTable, frame, TABLES + frame);
        }
    }

    private void entry(long table, int index, long frame) {
        Memslot slot = guest.machine().core().memslots.byId(0, 0);
        if (slot == null) {
            throw new IllegalStateException("the guest has no memory");
        }
        Backing backing = slot.backing();
        backing.write(slot.hostPage(table), index, frame << 12 | ALL);
    }
}
