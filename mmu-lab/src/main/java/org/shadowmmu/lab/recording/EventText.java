package org.shadowmmu.lab.recording;

import org.shadowmmu.engine.event.MmuEvents;

/**
 * Writes events as a recording has them: names and fields of the kernel's tracepoints, host frame numbers left out (EV-3).
 *
 * <p>Consecutive equal changes of neighbouring TDP MMU entries become one line, so the last line may be held back until
 * {@link #flush}. The events of exits and nested entries do not come from the MMU; the machine calls them itself, and
 * they are written only when the recording has them.
 *
 * <p>Eras differ in three values (representation only): Linux 6.12 has empty and frozen TDP MMU entries with bit 63, all
 * 64 bits of the error code of the fast path, and other numbers for its result.
 */
public final class EventText implements MmuEvents {
    private static final long FRAME = (1L << 52) - (1L << 12);
    private static final long NX = 1L << 63;
    private static final long REMOVED = 0x5a0;
    private static final int RESULT_INVALID = 3;
    private static final String[] RWXU = {"r--", "rw-", "r-x", "rwx"};

    private final LineBuffer out;
    private final boolean era612;
    private final boolean exits;

    private int heldCount;
    private int heldSpace;
    private long heldGfn;
    private int heldLevel;
    private long heldOld;
    private long heldNew;

    /**
     * Makes a writer.
     *
     * @param out gets one line per event
     * @param era the kernel whose representation is used
     * @param exits whether exits, and nested entries and exits, are written
     */
    public EventText(LineBuffer out, KernelEra era, boolean exits) {
        this.out = out;
        this.era612 = era == KernelEra.LINUX_6_12;
        this.exits = exits;
    }

    /** Makes a writer for what a recording's header says. */
    public EventText(LineBuffer out, RecordingHeader header) {
        this(out, header.era(), header.traceKvmExit());
    }

    /** Writes the line that may have been held back; call it at the end of every operation. */
    public void flush() {
        if (heldCount == 0) {
            return;
        }
        out.text("  kvm_tdp_mmu_spte_changed as_id=").decimal(heldSpace);
        out.text(" gfn=").hex(heldGfn).text(" level=").decimal(heldLevel);
        out.text(" old=").hex(heldOld).text(" new=").hex(heldNew);
        if (heldCount > 1) {
            out.text(" count=").decimal(heldCount);
        }
        out.endLine();
        heldCount = 0;
    }

    /** The guest exits ({@code kvm_exit}, RC-10). */
    public void kvmExit(long reason, long rip, long info1) {
        if (exits) {
            begin("  kvm_exit reason=").hex(reason);
            out.text(" rip=").hex(rip).text(" info1=").hex(info1).endLine();
        }
    }

    /** A nested guest is entered ({@code kvm_nested_vmenter}, RC-30). */
    public void nestedVmenter(long rip, long vmcb, long nestedRip, boolean nestedPaging) {
        if (exits) {
            begin("  kvm_nested_vmenter rip=").hex(rip);
            out.text(" vmcb=").hex(vmcb).text(" nested_rip=").hex(nestedRip);
            out.text(" npt=").decimal(nestedPaging ? 1 : 0).endLine();
        }
    }

    /** A nested guest exits ({@code kvm_nested_vmexit}, RC-10). */
    public void nestedVmexit(long reason, long info1, long info2) {
        if (exits) {
            begin("  kvm_nested_vmexit reason=").hex(reason);
            out.text(" info1=").hex(info1).text(" info2=").hex(info2).endLine();
        }
    }

    @Override
    public void pageFault(int vcpu, long rip, long address, long error) {
        begin("  kvm_page_fault rip=").hex(rip).text(" addr=").hex(address);
        out.text(" err=").hex(error).endLine();
    }

    @Override
    public void pagetableWalk(long address, int error) {
        begin("  kvm_mmu_pagetable_walk addr=").hex(address);
        out.text(" pferr=").hex(Integer.toUnsignedLong(error)).endLine();
    }

    @Override
    public void pagingElement(long entry, int level) {
        begin("  kvm_mmu_paging_element level=")
                .decimal(level)
                .text(" pte=")
                .hex(entry)
                .endLine();
    }

    @Override
    public void setAccessedBit(long entryGpa) {
        begin("  kvm_mmu_set_accessed_bit gpa=").hex(entryGpa).endLine();
    }

    @Override
    public void setDirtyBit(long entryGpa) {
        begin("  kvm_mmu_set_dirty_bit gpa=").hex(entryGpa).endLine();
    }

    @Override
    public void walkerError(int error) {
        begin("  kvm_mmu_walker_error pferr=")
                .hex(Integer.toUnsignedLong(error))
                .endLine();
    }

    @Override
    public void getPage(long gfn, int role, int rootCount, boolean unsync, int generation, boolean created) {
        page("  kvm_mmu_get_page gfn=", gfn, role, rootCount, unsync, generation);
        out.text(" created=").decimal(created ? 1 : 0).endLine();
    }

    @Override
    public void syncPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        page("  kvm_mmu_sync_page gfn=", gfn, role, rootCount, unsync, generation);
        out.endLine();
    }

    @Override
    public void unsyncPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        page("  kvm_mmu_unsync_page gfn=", gfn, role, rootCount, unsync, generation);
        out.endLine();
    }

    @Override
    public void prepareZapPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        page("  kvm_mmu_prepare_zap_page gfn=", gfn, role, rootCount, unsync, generation);
        out.endLine();
    }

    @Override
    public void spteRequested(long gfn, long pfn, int level) {
        begin("  kvm_mmu_spte_requested gfn=")
                .hex(gfn)
                .text(" level=")
                .decimal(level)
                .endLine();
    }

    @Override
    public void setSpte(long gfn, int level, long spte, int index) {
        begin("  kvm_mmu_set_spte gfn=").hex(gfn).text(" level=").decimal(level);
        out.text(" spte=").hex(spte & ~FRAME);
        int writable = (int) spte >> 1 & 1;
        int executable = spte < 0 ? 0 : 2;
        out.text(" rwxu=").text(RWXU[writable | executable]).text((spte & 4) == 0 ? '-' : 'u');
        out.text(" index=").decimal(index).endLine();
    }

    @Override
    public void tdpSpteChanged(int addressSpace, long gfn, int level, long oldSpte, long newSpte) {
        long old = shown(oldSpte);
        long replacement = shown(newSpte);
        if (heldCount > 0
                && level == heldLevel
                && gfn == heldGfn + ((long) heldCount << 9 * (level - 1))
                && old == heldOld
                && replacement == heldNew
                && addressSpace == heldSpace) {
            heldCount++;
            return;
        }
        flush();
        heldCount = 1;
        heldSpace = addressSpace;
        heldGfn = gfn;
        heldLevel = level;
        heldOld = old;
        heldNew = replacement;
    }

    @Override
    public void markMmioSpte(long gfn, int access, long generation, int index) {
        begin("  mark_mmio_spte gfn=").hex(gfn).text(" access=").hex(access);
        out.text(" gen=").hex(generation).text(" index=").decimal(index).endLine();
    }

    @Override
    public void handleMmioPageFault(long address, long gfn, int access) {
        begin("  handle_mmio_page_fault addr=").hex(address).text(" gfn=").hex(gfn);
        out.text(" access=").hex(access).endLine();
    }

    @Override
    public void checkMmioSpte(long vmGeneration, long spteGeneration, boolean valid) {
        begin("  check_mmio_spte kvm_gen=").hex(vmGeneration);
        out.text(" spte_gen=")
                .hex(spteGeneration)
                .text(" valid=")
                .decimal(valid ? 1 : 0)
                .endLine();
    }

    /** {@inheritDoc} The result is numbered as in Linux 6.1 whatever the era. */
    @Override
    public void fastPageFault(long address, long error, long oldSpte, long newSpte, int result, int index) {
        begin("  fast_page_fault gva=").hex(address);
        out.text(" error_code=").hex(era612 ? error : error & 0xffff_ffffL);
        out.text(" old=").hex(oldSpte & ~FRAME).text(" new=").hex(newSpte & ~FRAME);
        out.text(" ret=").decimal(era612 && result >= RESULT_INVALID ? result + 1 : result);
        out.text(" index=").decimal(index).endLine();
    }

    @Override
    public void zapAllFast(int oldGeneration, long usedPages) {
        begin("  kvm_mmu_zap_all_fast gen=").decimal(oldGeneration);
        out.text(" used_pages=").decimal(usedPages).endLine();
    }

    @Override
    public void splitHugePage(long gfn, long spte, int level, int errno) {
        begin("  kvm_mmu_split_huge_page gfn=").hex(gfn).text(" spte=").hex(spte & ~FRAME);
        out.text(" level=").decimal(level).text(" errno=").decimal(errno).endLine();
    }

    @Override
    public void unmapHvaRange(int backing, long offset, long length) {
        begin("  kvm_unmap_hva_range backing=").decimal(backing);
        out.text(" off=").hex(offset).text(" len=").hex(length).endLine();
    }

    private void page(String start, long gfn, int role, int rootCount, boolean unsync, int generation) {
        begin(start).hex(gfn).text(' ');
        RoleText.append(role, out);
        out.text(" root_count=").decimal(rootCount);
        out.text(" unsync=").decimal(unsync ? 1 : 0);
        out.text(" gen=").decimal(generation);
    }

    private LineBuffer begin(String text) {
        flush();
        return out.text(text);
    }

    /** A TDP MMU entry without its frame, as the era represents it. */
    private long shown(long spte) {
        long shown = spte & ~FRAME;
        return era612 && (shown == 0 || shown == REMOVED) ? shown | NX : shown;
    }
}
