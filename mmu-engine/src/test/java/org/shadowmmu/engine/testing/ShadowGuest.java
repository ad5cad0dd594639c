package org.shadowmmu.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.fault.Instruction;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.Vcpu;
import org.shadowmmu.engine.vm.VirtualAccessResult;

/**
 * A guest under shadow paging with the page tables of the specification's worked examples ("setup A"): 4 levels, one slot
 * of 64 Ki frames on present 4 KiB host pages, everything user and writable, and the tables themselves mapped as well.
 *
 * <p>The top table is frame 100, then 101, 102 and 103 (hexadecimal). Page i maps frame 200+i for i below 100, and page
 * 100+i maps frame 100+i for i below 8. Code runs at page 50, at CPL 3.
 */
public final class ShadowGuest {
    /** Entry bits: present, writable, user, accessed, dirty. */
    public static final long ALL = 0x67;

    private static final long CR0 = 0x80010001L;
    private static final long CR4 = Registers.CR4_PAE;
    private static final long EFER = Registers.EFER_LME | Registers.EFER_LMA | Registers.EFER_NX;
    private static final long CODE = 0x50000;

    /** The machine below. */
    public final TestMachine machine = TestMachine.with(MmuOptions.shadow());
    /** Its virtual CPU. */
    public final Vcpu vcpu = machine.vm.vcpu(0);

    /** Makes the guest; nothing has run yet. */
    public ShadowGuest() {
        machine.slot(0, 0, 0x10000);
        entry(0x100, 0, 0x101, ALL);
        entry(0x101, 0, 0x102, ALL);
        entry(0x102, 0, 0x103, ALL);
        for (int i = 0; i < 0x100; i++) {
            entry(0x103, i, 0x200 + i, ALL);
        }
        for (int i = 0; i < 8; i++) {
            entry(0x103, 0x100 + i, 0x100 + i, ALL);
        }
        vcpu.registers().setAll(vcpu.state(), CR0, 0x100000, CR4, EFER);
        vcpu.state().rip = CODE;
    }

    /** Puts an entry into a guest table before the guest runs, past the MMU. */
    public void entry(long table, int index, long gfn, long bits) {
        Memslot slot = machine.slot(0);
        Backing backing = slot.backing();
        backing.write(slot.hostPage(table), index, gfn << 12 | bits);
    }

    /** What memory holds at an entry of a guest table. */
    public long entry(long table, int index) {
        Memslot slot = machine.slot(0);
        return slot.backing().read(slot.hostPage(table), index);
    }

    /** The guest reads. */
    public VirtualAccessResult read(long address) {
        return vcpu.accessGva(address, AccessKind.READ, true);
    }

    /** The guest stores 8 bytes with a plain move. */
    public VirtualAccessResult store(long address, long value) {
        return vcpu.storeGva(address, value, 8, true);
    }

    /** The guest adds to 8 bytes in memory. */
    public VirtualAccessResult add(long address, long value) {
        return vcpu.execute(Instruction.Kind.READ_MODIFY_WRITE, address, value, 8, true);
    }

    /** The guest frame that the last access reached. */
    public long reached() {
        Memslot slot = machine.slot(0);
        return slot.backing().pageOf(vcpu.reachedPfn()) - slot.backingPage() + slot.baseGfn();
    }

    /** The shadow page of a frame at a level. */
    public ShadowPage shadow(long gfn, int level) {
        ShadowPage page = machine.core.pages.chain(gfn);
        while (page != null && (page.gfn != gfn || page.level() != level || page.obsolete())) {
            page = machine.core.pages.nextInChain(page);
        }
        assertThat(page).as("shadow page of frame %x at level %d", gfn, level).isNotNull();
        return page;
    }

    /** A statistic. */
    public long stat(Counter counter) {
        return machine.stat(counter);
    }
}
