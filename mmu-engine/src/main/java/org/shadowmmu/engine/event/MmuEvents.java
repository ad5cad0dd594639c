package org.shadowmmu.engine.event;

/**
 * A listener to what the MMU does, one method per tracepoint of Linux 6.1 and with its fields (EV-1 and the event table).
 *
 * <p>Shadow pages are given as the tracepoints print them: state before the change that the event announces. Addresses
 * and page-table entries are raw; host frame numbers in SPTEs are those of the simulation.
 */
public interface MmuEvents {
    /** A page fault exit begins ({@code kvm_page_fault}, PF-1). */
    default void pageFault(int vcpu, long rip, long address, long error) {}

    /** A walk of guest page tables begins ({@code kvm_mmu_pagetable_walk}, GP-2). */
    default void pagetableWalk(long address, int error) {}

    /** A guest entry was read ({@code kvm_mmu_paging_element}, GP-7). */
    default void pagingElement(long entry, int level) {}

    /** The walker sets an accessed bit ({@code kvm_mmu_set_accessed_bit}, GP-22). */
    default void setAccessedBit(long entryGpa) {}

    /** The walker sets a dirty bit ({@code kvm_mmu_set_dirty_bit}, GP-22). */
    default void setDirtyBit(long entryGpa) {}

    /** A walk failed ({@code kvm_mmu_walker_error}, GP-30). */
    default void walkerError(int error) {}

    /** A shadow page was found or created ({@code kvm_mmu_get_page}, SP-17). */
    default void getPage(long gfn, int role, int rootCount, boolean unsync, int generation, boolean created) {}

    /** A page is synchronised ({@code kvm_mmu_sync_page}, US-20). */
    default void syncPage(long gfn, int role, int rootCount, boolean unsync, int generation) {}

    /** A page becomes unsync ({@code kvm_mmu_unsync_page}, US-2). */
    default void unsyncPage(long gfn, int role, int rootCount, boolean unsync, int generation) {}

    /** A page is zapped ({@code kvm_mmu_prepare_zap_page}, ZAP-1). */
    default void prepareZapPage(long gfn, int role, int rootCount, boolean unsync, int generation) {}

    /** A fault knows where it wants to map ({@code kvm_mmu_spte_requested}, PF-25, PF-34). */
    default void spteRequested(long gfn, long pfn, int level) {}

    /** A leaf was installed ({@code kvm_mmu_set_spte}, ST-22). */
    default void setSpte(long gfn, int level, long spte, int index) {}

    /** A TDP MMU entry changed ({@code kvm_tdp_mmu_spte_changed}, TDP-10). */
    default void tdpSpteChanged(int addressSpace, long gfn, int level, long oldSpte, long newSpte) {}

    /** An MMIO SPTE was written ({@code mark_mmio_spte}, ST-21). */
    default void markMmioSpte(long gfn, int access, long generation, int index) {}

    /** A fault hit a current MMIO SPTE ({@code handle_mmio_page_fault}, PF-60). */
    default void handleMmioPageFault(long address, long gfn, int access) {}

    /** The generation of an MMIO SPTE was compared ({@code check_mmio_spte}, PF-60). */
    default void checkMmioSpte(long vmGeneration, long spteGeneration, boolean valid) {}

    /** The fast path was considered ({@code fast_page_fault}, PF-40). */
    default void fastPageFault(long address, long error, long oldSpte, long newSpte, int result, int index) {}

    /** Everything becomes obsolete ({@code kvm_mmu_zap_all_fast}, ZAP-60). */
    default void zapAllFast(int oldGeneration, long usedPages) {}

    /** A huge page was split, or not ({@code kvm_mmu_split_huge_page}, DL-20, TDP-43). */
    default void splitHugePage(long gfn, long spte, int level, int errno) {}

    /** The host takes a range of memory away ({@code kvm_unmap_hva_range}, MN-1); offsets in bytes of the backing. */
    default void unmapHvaRange(int backing, long offset, long length) {}
}
