package org.shadowmmu.engine.vm;

import java.util.Objects;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.fault.Emulation;
import org.shadowmmu.engine.fault.Emulator;
import org.shadowmmu.engine.fault.Outcome;
import org.shadowmmu.engine.fault.PageFaults;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vcpu.VcpuState;

/** A virtual CPU: enters the guest, accesses memory, faults, and changes registers. */
public final class Vcpu {
    private final VirtualMachine machine;
    private final VcpuState state;
    private final GuestEntry entry;
    private final HardwareWalk walk;
    private final PageFaults faults;
    private final Emulator emulator;
    private final Registers registers;

    Vcpu(
            VirtualMachine machine,
            VcpuState state,
            GuestEntry entry,
            HardwareWalk walk,
            PageFaults faults,
            Registers registers) {
        this.machine = machine;
        this.state = state;
        this.entry = entry;
        this.walk = walk;
        this.faults = faults;
        this.emulator = faults.emulator();
        this.registers = registers;
    }

    /** The state that the MMU depends on. */
    public VcpuState state() {
        return state;
    }

    /** What writes to control registers do. */
    public Registers registers() {
        return registers;
    }

    /**
     * One access by guest physical address, two-dimensional paging; faults are handled until it succeeds.
     *
     * @throws MmuException if not a single shadow page is available
     * @throws org.shadowmmu.engine.policy.PolicyFailure if a policy misbehaves
     */
    public AccessResult accessGpa(long gpa, AccessKind kind) {
        AccessResult result = AccessResult.HIT;
        while (true) {
            enterOrThrow();
            int error = walk.nested(rootPage(), gpa, kind.bits);
            if (error == HardwareWalk.OK) {
                return result;
            }
            state.exited();
            Outcome outcome = faults.handle(state, gpa, error | kind.stage);
            if (outcome == Outcome.NO_PAGES) {
                throw noPages();
            }
            machine.finishOperation();
            if (outcome == Outcome.EMULATE) {
                return AccessResult.MMIO;
            }
            result = AccessResult.FAULT;
        }
    }

    private ShadowPage rootPage() {
        return Objects.requireNonNull(state.roots().current().page(), "two-dimensional paging has one root page");
    }

    private void enterOrThrow() {
        if (enter() != GuestEntry.Result.ENTERED) {
            throw noPages();
        }
    }

    private static MmuException noPages() {
        return new MmuException("Not one shadow page is available and reclaim found no victim: raise the quota.");
    }

    /** Services requests and loads a root (VC-20). */
    public GuestEntry.Result enter() {
        return entry.enter(state);
    }

    /** The processor's walk of NPT for one access; see {@link HardwareWalk#nested}. Call {@link #enter} before. */
    public int walkNested(long gpa, int access) {
        return walk.nested(rootPage(), gpa, access);
    }

    /** The host frame that the last successful walk found. */
    public long walkedPfn() {
        return walk.pfn();
    }

    /** The processor's walk of the shadow tables for one access; see {@link HardwareWalk#shadow}. Call {@link #enter} before. */
    public int walkShadow(long address, int access) {
        return walk.shadow(
                state.roots().current().start(address),
                address,
                access,
                state.mode().paging());
    }

    /** The guest executes INVLPG and the hypervisor sees it, as in shadow paging (US-31). */
    public void invlpg(long address) {
        faults.invalidation().invlpg(state, address);
        machine.finishOperation();
    }

    /** Handles a page-fault exit; see {@link PageFaults#handle}. */
    public Outcome fault(long address, long error) {
        state.exited();
        Outcome outcome = faults.handle(state, address, error);
        machine.finishOperation();
        return outcome;
    }

    /** Emulates what runs, after a fault that ended in {@link Outcome#EMULATE}. */
    public Emulation emulate(long address, long error, boolean user, Emulator.Decoder decoder) {
        Emulation emulation = emulator.emulate(state, address, error, user, decoder);
        machine.finishOperation();
        return emulation;
    }

    /** The hypervisor reads the instruction at {@code rip} in order to carry it out or skip it (RC-11). */
    public boolean fetchForSkip(boolean user) {
        state.exited();
        return emulator.fetchForSkip(state, user);
    }

    /** The emulator, for the fault that a failed walk of it left. */
    public Emulator emulator() {
        return emulator;
    }
}
