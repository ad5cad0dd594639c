package org.shadowmmu.lab.recording;

/** A recording small enough to be read whole, with a line of every kind. */
public final class SmallRecording {
    /** The recording. */
    public static final String TEXT = """
            oracle 1
            name small
            generator by hand
            mode direct
            module kvm tdp_mmu=0 nx_huge_pages=off
            module kvm_amd npt=1
            trace kvm_exit=0 settle_us=0
            guest long levels=4
            backing id=0 size=0x800000 huge=0
            slot id=0 gpa=0x0 size=0x800000 flags=0 backing=0 boff=0x0
            quota 0
            stub gpa=0x1000 kva=0xffffffff81000000 uva=0x7f0000001000
            sregs cr0=0x80010033 cr3=0x100000 cr4=0x6b0 efer=0xd00
            final from=0x100000 to=0x800000
            m 1000 9090
            m 100008 101027
            kernel 6.1.0-56-amd64
            hostcpu qemu-tcg EPYC
            param kvm.tdp_mmu=N
            op 0 SETUP
              = ok default-nr-mmu-pages=102 nr-mmu-pages=102 maxphyaddr=40
            op 1 W va=0x10000000 u=1
              kvm_page_fault rip=0x7f0000001010 addr=0x100ff8 err=0x200000006
              kvm_mmu_spte_requested gfn=0x100 level=1
              kvm_mmu_set_spte gfn=0x100 level=1 spte=0xe67 rwxu=rwxu index=256
              = ok
              stat pages_4k=+1 pf_taken=+1 pf_fixed=+1
            op 2 R va=0x10000000
              kvm_page_fault rip=0xffffffff81000000 addr=0x1000 err=0x100000014
              = ok
              stat pf_taken=+1
            op 3 DUMP
              = ok
              dump mmu used=4 max=102 requested=0 valid_gen=0 indirect_shadow_pages=0 listed=4 tdp_roots=0
              dump root_mmu root_role=0x3784 cpu_role_base=0x3704 cpu_role_ext=0x85 current=1
            final 100008 101067
            final 100ff8 102027
            end ops=3 events=4
            """;

    private SmallRecording() {}
}
