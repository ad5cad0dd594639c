package org.shadowmmu.engine.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.testing.PagedGuest;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.vm.Vcpu;

/** How the emulator finds operands when the fault has told their guest physical address (GP-42, EM-4, RC-13). */
class EmulatedOperandTest {
    private static final long CODE = 0x2000;
    /** A virtual page on memory, and the one behind it on a hole. */
    private static final long MEMORY = 0x6000;

    private static final long HOLE_GFN = 0x7000;
    private static final long FINAL_WRITE = Access.GUEST_FINAL | Access.WRITE | Access.USER;

    private final TestMachine machine = TestMachine.direct();
    private final Vcpu vcpu = machine.vm.vcpu(0);
    private final Instruction instruction = new Instruction();
    private final List<String> mmio = new ArrayList<>();

    @BeforeEach
    void twoPages() {
        machine.slot(0, 0, 0x100);
        PagedGuest guest = new PagedGuest(machine, 0);
        guest.chain(0x10, 0x11, 0x12, 0x13);
        guest.entry(0x13, 2, 2);
        guest.entry(0x13, 6, 6);
        guest.entry(0x13, 7, HOLE_GFN);
        guest.start(0x10, CODE);
        vcpu.emulator().setMmioListener((write, gpa, size) -> mmio.add(Long.toHexString(gpa) + " size " + size));
        assertThat(vcpu.enter()).isNotNull();
    }

    private List<String> walksOfStore(long faultGpa, long address) {
        instruction.set(Instruction.Kind.STORE, address, -1, 8, false);
        assertThat(vcpu.fault(faultGpa, FINAL_WRITE)).isEqualTo(Outcome.EMULATE);
        machine.events.clear();
        assertThat(vcpu.emulate(faultGpa, FINAL_WRITE, false, gpa -> instruction))
                .isEqualTo(Emulation.DONE);
        return machine.events.take("walk");
    }

    /** The fault was on the second page: only the first part is looked up. */
    @Test
    void theSecondPartOfAStoreHasTheAddressOfTheFault() {
        assertThat(walksOfStore(HOLE_GFN << 12, MEMORY + 0xffc))
                .containsExactly("walk 2000 error 10", "walk 6ffc error 2");

        assertThat(mmio).containsExactly("7000000 size 4");
    }

    /** The fault was on the page of the whole operand. */
    @Test
    void anOperandWithinThePageOfTheFaultIsNotLookedUp() {
        assertThat(walksOfStore((HOLE_GFN << 12) + 8, MEMORY + 0x1008)).containsExactly("walk 2000 error 10");

        assertThat(mmio).containsExactly("7000008 size 8");
    }

    /** The fault was on the first page: the second part is looked up. */
    @Test
    void theSecondPartIsLookedUpIfTheFirstFaulted() {
        new PagedGuest(machine, 0).entry(0x13, 8, 8);

        assertThat(walksOfStore((HOLE_GFN << 12) + 0xffc, MEMORY + 0x1ffc))
                .containsExactly("walk 2000 error 10", "walk 8000 error 2");

        assertThat(mmio).containsExactly("7000ffc size 4");
    }
}
