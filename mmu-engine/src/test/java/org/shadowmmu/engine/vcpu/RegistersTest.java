package org.shadowmmu.engine.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestMachine;

/** The roles that follow from registers; the numbers are those of recorded kernels' dumps (VC-1, VC-2). */
class RegistersTest {
    @ParameterizedTest
    @CsvSource({
        "true,  4, 0x80010033, 0x6b0,    0xd00, 0x3784, 0x3704, 0x85, two-dimensional paging under a 4-level guest",
        "true,  4, 0x80010033, 0x6b0,    0x800, 0x3784, 0x3703, 0x05, under a PAE guest",
        "true,  4, 0x80010033, 0x690,    0x0,   0x3784, 0x2712, 0x05, under a 32-bit guest",
        "true,  5, 0x80010033, 0x16b0,   0xd00, 0x3785, 0x3705, 0xc5, under a 5-level guest on a 5-level host",
        "true,  5, 0x80010033, 0x6b0,    0xd00, 0x3785, 0x3704, 0x85, under a 4-level guest on a 5-level host",
        "false, 4, 0x80010033, 0x6b0,    0xd00, 0x3704, 0x3704, 0x85, shadow paging of a 4-level guest",
        "false, 5, 0x80010033, 0x16b0,   0xd00, 0x3705, 0x3705, 0xc5, of a 5-level guest",
        "false, 4, 0x80010033, 0x6b0,    0x800, 0x3703, 0x3703, 0x05, of a PAE guest",
        "false, 4, 0x80010033, 0x690,    0x0,   0x3713, 0x2712, 0x05, of a 32-bit guest",
        "false, 4, 0x80000033, 0x6b0,    0xd00, 0x1704, 0x1704, 0x85, without CR0.WP",
        "false, 4, 0x80000033, 0x1006b0, 0xd00, 0x5704, 0x5704, 0xa5, without CR0.WP and with CR4.SMEP",
        "false, 4, 0x80000033, 0x690,    0x0,   0x1713, 0x0712, 0x05, 32-bit without CR0.WP",
        "false, 4, 0x80000033, 0x100690, 0x0,   0x5713, 0x4712, 0x25, 32-bit without CR0.WP and with CR4.SMEP",
    })
    void rolesAreThoseOfRecordedKernels(
            boolean tdp,
            int hostLevels,
            String cr0,
            String cr4,
            String efer,
            String rootRole,
            String cpuRole,
            String extension,
            String what) {
        TestMachine machine =
                TestMachine.with((tdp ? MmuOptions.tdp() : MmuOptions.shadow()).withHostLevels(hostLevels));
        VcpuState vcpu = machine.vm.vcpu(0).state();

        long lma = (Long.decode(efer) & Registers.EFER_LME) != 0 ? Registers.EFER_LMA : 0;
        machine.vm.vcpu(0).registers().setAll(vcpu, Long.decode(cr0), 0, Long.decode(cr4), Long.decode(efer) | lma);

        assertThat(vcpu.mode().rootRole()).as(what).isEqualTo(Integer.decode(rootRole));
        assertThat(vcpu.mode().cpuRole()).as(what).isEqualTo(Integer.decode(cpuRole));
        assertThat(vcpu.mode().cpuRoleExtension()).as(what).isEqualTo(Integer.decode(extension));
    }

    /** VC-9: PDPTEs that cannot be read fail the write of CR3; nothing is changed. */
    @Test
    void pdptesOutsideMemoryAreIllegal() {
        TestMachine machine = TestMachine.with(MmuOptions.shadow());
        int backing = machine.slot(0, 0, 0x10);
        machine.backing(backing).write(1, 0, 0x2001);
        Registers registers = machine.vm.vcpu(0).registers();
        VcpuState vcpu = machine.vm.vcpu(0).state();
        registers.setAll(vcpu, 0x80010033L, 0x1000, 0x6b0, Registers.EFER_NX);

        assertThat(registers.writeCr3(vcpu, 0x10000)).isFalse();
        assertThat(vcpu.cr3).isEqualTo(0x1000);
        assertThat(registers.pdptes(vcpu)).containsExactly(0x2001, 0, 0, 0);
        assertThat(registers.writeCr3(vcpu, 0x2000)).isTrue();
        assertThat(registers.pdptes(vcpu)).containsExactly(0, 0, 0, 0);
    }
}
