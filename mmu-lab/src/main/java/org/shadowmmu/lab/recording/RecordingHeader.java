package org.shadowmmu.lab.recording;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a recording: everything that is fixed before operation 0.
 *
 * @param name the scenario's name
 * @param mode how the host translates guest memory
 * @param moduleOptions options given when the modules were loaded, as {@code kvm.tdp_mmu} to {@code 0}, in file order
 * @param parameters all effective module parameters, as {@code kvm.tdp_mmu} to {@code N}, in file order
 * @param traceKvmExit whether exits and nested entries and exits were recorded
 * @param guest the guest's paging mode
 * @param backings blocks of host memory, in file order
 * @param slots memslots made before the virtual CPUs, in this order
 * @param quota the quota set before the virtual CPUs were made; 0: not set
 * @param dirtyManual flags of the manual dirty-log protocol; 0: not enabled
 * @param stub the page that holds all guest code
 * @param nested what nested operations need, or null
 * @param fillCode what every filled page holds, or null
 * @param fills ranges of guest physical memory that are filled with {@code fillCode} before {@code memory} is written
 * @param sregs start state of each virtual CPU
 * @param finalRange guest physical range compared at the end
 * @param memory initial guest memory, after the fills; all else is zero
 * @param vcpus number of virtual CPUs
 * @param disabledQuirks mask of quirks the VMM asked the kernel to disable
 * @param kernel the kernel's release, as {@code 6.1.0-56-amd64}
 * @param era the kernel's series
 * @param hostCpu the emulated host CPU
 */
public record RecordingHeader(
        String name,
        HostMode mode,
        Map<String, String> moduleOptions,
        Map<String, String> parameters,
        boolean traceKvmExit,
        GuestKind guest,
        List<Backing> backings,
        List<Slot> slots,
        long quota,
        long dirtyManual,
        Stub stub,
        @Nullable Nested nested,
        @Nullable FillCode fillCode,
        List<Range> fills,
        Sregs sregs,
        Range finalRange,
        MemoryWords memory,
        int vcpus,
        long disabledQuirks,
        String kernel,
        KernelEra era,
        String hostCpu) {

    /** A block of anonymous host memory; {@code huge}: on 2 MiB host pages. */
    public record Backing(int id, long size, boolean huge) {}

    /** A memslot; {@code backingOffset} in bytes. */
    public record Slot(int id, long gpa, long size, int flags, int backing, long backingOffset) {}

    /** The stub page: its guest physical address and its supervisor and user virtual addresses. */
    public record Stub(long gpa, long kva, long uva) {}

    /**
     * What nested operations need: guest physical addresses of the VMCB and the host save area, the nested guest's first
     * instruction, its CR3 (0 without nested paging, where operations give it) and whether it has nested paging.
     */
    public record Nested(long vmcb, long hsave, long code, long cr3, boolean nestedPaging) {}

    /** Bytes, as pairs of hexadecimal digits, at an offset of every filled page. */
    public record FillCode(int offset, String digits) {
        /** The bytes. */
        public byte[] bytes() {
            return HexFormat.of().parseHex(digits);
        }
    }

    /** Guest physical addresses from {@code from} up to, not including, {@code to}. */
    public record Range(long from, long to) {}

    /** Registers a virtual CPU starts with. */
    public record Sregs(long cr0, long cr3, long cr4, long efer) {}

    /** The backing with an id, or null. */
    public @Nullable Backing backing(int id) {
        for (Backing backing : backings) {
            if (backing.id() == id) {
                return backing;
            }
        }
        return null;
    }

    /** Whether the host has five-level paging. */
    public boolean la57() {
        return hostCpu.contains("la57");
    }

    /** The effective value of a module parameter such as {@code kvm.nx_huge_pages}, or null if the recording has none. */
    public @Nullable String parameter(String name) {
        return parameters.get(name);
    }

    /** Whether a module parameter is on ({@code Y} or {@code 1}). */
    public boolean isOn(String name) {
        String value = parameters.get(name);
        return "Y".equals(value) || "1".equals(value);
    }
}
