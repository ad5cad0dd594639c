package org.shadowmmu.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.fault.Emulation;
import org.shadowmmu.engine.fault.Instruction;
import org.shadowmmu.engine.fault.Outcome;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.vcpu.ControlState;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vm.Vcpu;

/**
 * A guest that lays out 4-level page tables where the test wants them, and uses them: as its own under shadow paging, or
 * as the nested tables of an L2. It runs at CPL 3.
 */
public final class PagedGuest {
    /** Entry bits: present, writable, user, accessed, dirty. */
    public static final long ALL = 0x67;

    /** The guest gets a page fault. */
    public static final int REFUSED = -1;

    private static final long CR0 = 0x80010001L;
    private static final long CR4 = Registers.CR4_PAE;
    private static final long EFER = Registers.EFER_LME | Registers.EFER_LMA | Registers.EFER_NX;
    private static final int PATIENCE = 50;

    private final TestMachine machine;
    private final Vcpu vcpu;
    private final Instruction instruction = new Instruction();

    /** Makes the guest on a virtual CPU. */
    public PagedGuest(TestMachine machine, int vcpu) {
        this.machine = machine;
        this.vcpu = machine.vm.vcpu(vcpu);
    }

    /** Puts an entry into a guest table, past the MMU. */
    public void entry(long table, int index, long gfn) {
        poke(table, index, gfn << 12 | ALL);
    }

    /** Puts an entry with these bits into a guest table, past the MMU. */
    public void entry(long table, int index, long gfn, long bits) {
        poke(table, index, gfn << 12 | bits);
    }

    private void poke(long table, int index, long value) {
        Memslot slot = slotOf(table);
        slot.backing().write(slot.hostPage(table), index, value);
    }

    private Memslot slotOf(long gfn) {
        return Objects.requireNonNull(machine.core.memslots.find(0, gfn), "a table lies in a slot");
    }

    /** Four tables in a row that lead to address 0: level 4, 3, 2 and 1. */
    public void chain(long level4, long level3, long level2, long level1) {
        entry(level4, 0, level3);
        entry(level3, 0, level2);
        entry(level2, 0, level1);
    }

    /** Maps consecutive frames from an index on. */
    public void fill(long table, int first, long gfn, int count) {
        for (int i = 0; i < count; i++) {
            entry(table, first + i, gfn + i);
        }
    }

    /** Switches paging on with this top table; code runs at {@code rip}. */
    public void start(long topTable, long rip) {
        vcpu.registers().setAll(vcpu.state(), CR0, topTable << 12, CR4, EFER);
        vcpu.state().rip = rip;
        vcpu.state().user = true;
    }

    /** The guest writes CR3. */
    public void load(long topTable) {
        assertThat(vcpu.registers().writeCr3(vcpu.state(), topTable << 12)).isTrue();
    }

    /** Runs L2 on nested tables; its own paging is off. */
    public void enterNested(long topTable) {
        vcpu.nesting().enter(vcpu.state(), new ControlState(0, 0, 0, 0), topTable << 12);
    }

    /** L2 leaves to L1. */
    public void leaveNested() {
        vcpu.nesting().exit(vcpu.state(), 0x78, 0, 0);
    }

    /** Services requests and loads a root. */
    public GuestEntry.Result enter() {
        return vcpu.enter();
    }

    /** The guest reads; returns the number of faults, or {@link #REFUSED} if its own tables refuse. */
    public int read(long address) {
        instruction.set(Instruction.Kind.LOAD, address, 0, 8, true);
        return run(address, Access.USER);
    }

    /** The guest stores 8 bytes with a plain move; returns as {@link #read}. */
    public int store(long address, long value) {
        instruction.set(Instruction.Kind.STORE, address, value, 8, true);
        return run(address, Access.USER | Access.WRITE);
    }

    private int run(long address, int access) {
        for (int faults = 0; faults < PATIENCE; faults++) {
            assertThat(vcpu.enter()).isEqualTo(GuestEntry.Result.ENTERED);
            int error = vcpu.walkShadow(address, access);
            if (error == HardwareWalk.OK) {
                if ((access & Access.WRITE) != 0) {
                    Backing backing = machine.vm.host().holding(vcpu.walkedPfn());
                    backing.write(backing.pageOf(vcpu.walkedPfn()), (int) (address >>> 3) & 511, instruction.value());
                }
                return faults;
            }
            Outcome outcome = vcpu.fault(address, error);
            if (vcpu.state().takeGuestFault()) {
                return REFUSED;
            }
            if (outcome == Outcome.EMULATE
                    && vcpu.emulate(address, error, true, gpa -> instruction) == Emulation.DONE) {
                return faults + 1;
            }
        }
        throw new AssertionError("the guest makes no progress at 0x" + Long.toHexString(address));
    }
}
