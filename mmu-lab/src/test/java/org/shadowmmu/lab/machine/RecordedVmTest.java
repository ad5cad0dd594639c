package org.shadowmmu.lab.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.lab.recording.LineBuffer;
import org.shadowmmu.lab.recording.RecordedOp;
import org.shadowmmu.lab.recording.RecordedOpKind;
import org.shadowmmu.lab.recording.RecordingReader;
import org.shadowmmu.lab.recording.Recordings;

/** What the recordings at hand do not contain but the rules of recordings allow (RC-10 to RC-25). */
class RecordedVmTest {
    /** A guest without paging: the stub lies at its physical address. */
    private static final String SCENARIO = """
            oracle 1
            name rare
            mode shadow
            module kvm_amd npt=0
            trace kvm_exit=1 settle_us=0
            guest legacy32 levels=2
            backing id=0 size=0x800000 huge=0
            backing id=1 size=0x400000 huge=1
            slot id=0 gpa=0x0 size=0x800000 flags=0 backing=0 boff=0x0
            slot id=1 gpa=0x800000 size=0x400000 flags=0 backing=1 boff=0x0
            quota 0
            stub gpa=0x1000 kva=0x1000 uva=0x1000
            sregs cr0=0x33 cr3=0x100000 cr4=0x690 efer=0x0
            final from=0x100000 to=0x800000
            m 0 106300000063
            m 100000 67
            m 2ff0 f4
            kernel 6.1.0-56-amd64
            hostcpu qemu-tcg EPYC
            param kvm.tdp_mmu=N
            op 0 SETUP
              = ok
            end ops=0 events=0
            """;

    private final RecordedVm machine;

    RecordedVmTest() {
        byte[] text = SCENARIO.getBytes(StandardCharsets.US_ASCII);
        try (RecordingReader reader = RecordingReader.of(new ByteArrayInputStream(text), "rare")) {
            machine = new RecordedVm(reader.header(), PolicyRuntime.upstream());
        }
        run("op 0 SETUP");
    }

    private List<String> run(String op) {
        LineBuffer out = new LineBuffer();
        machine.execute(RecordedOp.of(op), out);
        machine.audit(out);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < out.lines(); i++) {
            lines.add(out.line(i).strip());
        }
        return lines;
    }

    /** SP-30, GP-44, PF-11: four level-2 roots and no walk of the guest's tables. */
    @Test
    void guestWithoutPaging() {
        assertThat(run("op 1 R va=0x800000"))
                .startsWith(
                        "kvm_mmu_get_page gfn=0x0 role=0x1782 level=2 access=wux direct=1 nx=1 root_count=0 unsync=0 gen=0 created=1",
                        "kvm_mmu_get_page gfn=0x40000 role=0x1782 level=2 access=wux direct=1 nx=1 root_count=0 unsync=0 gen=0 created=1",
                        "kvm_mmu_get_page gfn=0x80000 role=0x1782 level=2 access=wux direct=1 nx=1 root_count=0 unsync=0 gen=0 created=1",
                        "kvm_mmu_get_page gfn=0xc0000 role=0x1782 level=2 access=wux direct=1 nx=1 root_count=0 unsync=0 gen=0 created=1",
                        "kvm_exit reason=0x4e rip=0x1000 info1=0x10",
                        "kvm_page_fault rip=0x1000 addr=0x1000 err=0x10",
                        "kvm_mmu_spte_requested gfn=0x1 level=1")
                .containsSubsequence(
                        "kvm_page_fault rip=0x1000 addr=0x800000 err=0x0",
                        "kvm_mmu_spte_requested gfn=0x800 level=2",
                        "kvm_mmu_set_spte gfn=0x800 level=2 spte=0xee7 rwxu=rwxu index=4",
                        "= ok")
                .noneMatch(line -> line.startsWith("kvm_mmu_pagetable_walk"));
    }

    /** RC-10: the hardware's CR0 has PG and WP, so every CR0 without one of them differs from it. */
    @Test
    void switchingPagingOnLeavesForAWriteOfCr0() {
        assertThat(run("op 1 CR0 val=0x10033")).contains("kvm_exit reason=0x10 rip=0x1060 info1=0x0", "= ok");
        assertThat(run("op 2 CR0 val=0x80010033")).contains("kvm_exit reason=0x10 rip=0x1060 info1=0x0");
        assertThat(run("op 3 CR0 val=0x80000033")).contains("kvm_exit reason=0x65 rip=0x1060 info1=0x0");
        assertThat(run("op 4 CR0 val=0x80010033")).contains("kvm_exit reason=0x10 rip=0x1060 info1=0x0");
    }

    /** RC-15a. */
    @Test
    void hltAtCpl3IsAGeneralProtectionFaultWithoutAnExit() {
        assertThat(run("op 1 X va=0x2ff0 u=1"))
                .endsWith(
                        "kvm_exit reason=0x7b rip=0x1410 info1=0x120010",
                        "= exc port=0x12 top=0",
                        "stat mmu_cache_miss=+5 pages_4k=+8 pf_taken=+1 pf_fixed=+1")
                .noneMatch(line -> line.startsWith("kvm_exit reason=0x78"));
    }

    /** RC-24a: to read is enough for the host to back a block, with zeros. */
    @Test
    void peekingFaultsTheHostPageIn() {
        run("op 1 DONTNEED backing=1 off=0x0 len=0x200000 pop=0");
        assertThat(run("op 2 PEEK gpa=0x800000")).containsExactly("= ok");
        assertThat(run("op 3 W va=0x800000 sz=4"))
                .contains(
                        "kvm_unmap_hva_range backing=1 off=0x0 len=0x200000",
                        "kvm_unmap_hva_range backing=1 off=0x0 len=0x1000");
    }

    /** RC-22, RC-23, RC-21. */
    @Test
    void refusedOperationsSayWhy() {
        assertThat(run("op 1 QUOTA n=63")).containsExactly("= errno=22");
        assertThat(run("op 2 DIRTYLOG id=1")).containsExactly("= errno=2");
        assertThat(run("op 3 CLEARLOG id=1 first=0 n=64")).containsExactly("= errno=2");
        run("op 4 SLOT id=1 gpa=0x800000 size=0x400000 flags=1 backing=1 boff=0x0");
        assertThat(run("op 5 CLEARLOG id=1 first=32 n=64")).containsExactly("= errno=22");
        assertThat(run("op 6 CLEARLOG id=1 first=0 n=63")).containsExactly("= errno=22");
        assertThat(run("op 7 CLEARLOG id=1 first=960 n=128")).containsExactly("= errno=22");
        assertThat(run("op 8 SLOT id=1 gpa=0x800000 size=0x400000 flags=3 backing=1 boff=0x0"))
                .containsExactly("= errno=22");
        assertThat(run("op 9 SLOT id=2 gpa=0x700000 size=0x400000 flags=0 backing=1 boff=0x0"))
                .containsExactly("= errno=17");
    }

    /** RC-24, RC-24a: a huge block goes whole, comes back as the huge zero page, and is split by the first write. */
    @Test
    void hugeZeroPage() {
        assertThat(run("op 1 DONTNEED backing=1 off=0x0 len=0x200000 pop=0"))
                .containsExactly("kvm_unmap_hva_range backing=1 off=0x0 len=0x200000", "= ok");
        assertThat(run("op 2 R va=0x800000"))
                .containsSubsequence(
                        "kvm_page_fault rip=0x1000 addr=0x800000 err=0x0",
                        "kvm_mmu_spte_requested gfn=0x800 level=2",
                        "kvm_mmu_set_spte gfn=0x800 level=2 spte=0x8a5 rwxu=r-xu index=4");
        assertThat(run("op 3 W va=0x801000 sz=4"))
                .containsSubsequence(
                        "kvm_page_fault rip=0x1020 addr=0x801000 err=0x3",
                        "kvm_unmap_hva_range backing=1 off=0x0 len=0x200000",
                        "kvm_unmap_hva_range backing=1 off=0x1000 len=0x1000",
                        "kvm_page_fault rip=0x1020 addr=0x801000 err=0x2",
                        "kvm_mmu_set_spte gfn=0x801 level=1 spte=0xe67 rwxu=rwxu index=1",
                        "= ok");
    }

    /** RC-31, NE-2: what L1 and L2 see does not depend on the MMU, so a recording of shadow paging tells it for NPT, too. */
    @ParameterizedTest
    @ValueSource(strings = {"direct", "tdpmmu"})
    void nestedGuestWithoutNestedPagingOnNpt(String mode) throws IOException {
        Path file = Recordings.root().resolve("linux-6.1/small/shadow-nested-nonp-s1.txt.gz");
        String text;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            text = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replace("mode shadow", "mode " + mode);
        }
        int faults = 0;
        try (RecordingReader reader = Recordings.reader(text)) {
            RecordedVm npt = new RecordedVm(reader.header(), PolicyRuntime.upstream());
            LineBuffer out = new LineBuffer();
            while (reader.next()) {
                out.clear();
                npt.execute(reader.op(), out);
                npt.audit(out);
                if (reader.op().kind() != RecordedOpKind.DIRTYLOG) {
                    String recorded = result(new String(
                            reader.bytes(), reader.from(), reader.to() - reader.from(), StandardCharsets.US_ASCII));
                    assertThat(result(out.toString())).as(reader.opText()).isEqualTo(recorded);
                    faults += recorded.contains("vmexit code=0x4e") ? 1 : 0;
                }
            }
        }
        assertThat(faults).as("page faults of L2 that L1 sees").isPositive();
    }

    private static String result(String lines) {
        return lines.lines().filter(line -> line.startsWith("  =")).findFirst().orElse("none");
    }
}
