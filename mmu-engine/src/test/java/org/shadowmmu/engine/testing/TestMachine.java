package org.shadowmmu.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.AccessResult;
import org.shadowmmu.engine.vm.VirtualMachine;

/** A virtual machine for tests, with its events written down. Frames stand for addresses. */
public final class TestMachine {
    /** What happened. */
    public final EventLog events = new EventLog();
    /** The machine. */
    public final VirtualMachine vm;
    /** Its state. */
    public final MmuCore core;

    private final Audit audit;
    private int backings;

    /** Makes a machine without memory. */
    public TestMachine(MmuOptions options, int vcpus, PolicyRuntime policies) {
        this(options, vcpus, policies, true);
    }

    private TestMachine(MmuOptions options, int vcpus, PolicyRuntime policies, boolean heard) {
        vm = VirtualMachine.create(options, vcpus, policies, heard ? events : null);
        core = vm.core();
        audit = new Audit(vm);
    }

    /** A machine of one virtual CPU whose events nobody hears. */
    public static TestMachine unheard(MmuOptions options, PolicyRuntime policies) {
        return new TestMachine(options, 1, policies, false);
    }

    /** Two-dimensional paging on a 4-level host, one virtual CPU, upstream policies, no memory yet. */
    public static TestMachine direct() {
        return with(MmuOptions.tdp());
    }

    /** One virtual CPU, upstream policies, no memory yet. */
    public static TestMachine with(MmuOptions options) {
        return new TestMachine(options, 1, PolicyRuntime.upstream());
    }

    /** Adds host memory; returns its number. */
    public int backing(long pages, boolean huge) {
        vm.host().addBacking(backings, pages, huge);
        return backings++;
    }

    /** Host memory by its number. */
    public Backing backing(int id) {
        return vm.host().backing(id);
    }

    /** Creates a slot on 4 KiB host pages of its own; returns the number of the backing. */
    public int slot(int id, long gfn, long pages) {
        return slot(id, gfn, pages, 0, false);
    }

    /** Creates a slot on host memory of its own; returns the number of the backing. */
    public int slot(int id, long gfn, long pages, int flags, boolean huge) {
        int backing = backing(pages, huge);
        assertThat(vm.setMemslot(0, id, gfn, pages, flags, backing, 0)).isZero();
        return backing;
    }

    /** Changes the flags of a slot. */
    public void flags(int id, int flags) {
        Memslot slot = slot(id);
        assertThat(vm.setMemslot(
                        0,
                        id,
                        slot.baseGfn(),
                        slot.pages(),
                        flags,
                        slot.backing().id(),
                        slot.backingPage()))
                .isZero();
    }

    /** Deletes a slot. */
    public void delete(int id) {
        assertThat(vm.setMemslot(0, id, 0, 0, 0, 0, 0)).isZero();
    }

    /** A slot by its number. */
    public Memslot slot(int id) {
        Memslot slot = core.memslots.byId(0, id);
        assertThat(slot).as("slot %d", id).isNotNull();
        return slot;
    }

    /** The guest reads a frame. */
    public AccessResult read(long gfn) {
        return vm.vcpu(0).accessGpa(gfn << 12, AccessKind.READ);
    }

    /** The guest writes a frame. */
    public AccessResult write(long gfn) {
        return vm.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
    }

    /** The guest executes in a frame. */
    public AccessResult fetch(long gfn) {
        return vm.vcpu(0).accessGpa(gfn << 12, AccessKind.FETCH);
    }

    /** The page that holds the last entry on the way to a frame. */
    public ShadowPage pageFor(long gfn) {
        ShadowPage root = vm.vcpu(0).state().roots().current().page();
        ShadowPage page = HardwareWalk.lastPage(core, root, gfn << 12);
        assertThat(page).as("a root is loaded").isNotNull();
        return page;
    }

    /** The last entry on the way to a frame; 0 if it is empty. */
    public long spte(long gfn) {
        ShadowPage page = pageFor(gfn);
        return page.spt[HardwareWalk.indexAt(page, gfn << 12)];
    }

    /** A statistic. */
    public long stat(Counter counter) {
        return vm.counters().get(counter);
    }

    /** The host takes pages away. */
    public void discard(int backing, long first, long count) {
        vm.host().discard(vm.host().backing(backing), first, count);
    }

    /** The active pages from the oldest, as {@code gfn level}. */
    public List<String> activePages() {
        List<String> pages = new java.util.ArrayList<>();
        for (ShadowPage page = core.pages.oldest(); page != null; page = page.newer()) {
            pages.add(Long.toHexString(page.gfn) + " l" + page.level());
        }
        return pages;
    }

    /** Every invariant holds. */
    public void audit() {
        assertThat(audit.check()).isEmpty();
    }
}
