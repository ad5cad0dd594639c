package org.shadowmmu.engine.event;

/**
 * A statistic of the kernel, under the kernel's name (spec 06, "exact bump points"). Declared once; tables and reports
 * derive from here. The order is the order of recordings.
 */
public enum Counter {
    MMU_SHADOW_ZAPPED("mmu_shadow_zapped", "shadow pages", "shadow pages zapped (ZAP-1)"),
    MMU_PTE_WRITE("mmu_pte_write", "writes", "emulated writes while shadow pages of guest tables existed (EM-12)"),
    MMU_PDE_ZAPPED("mmu_pde_zapped", "entries", "directory entries replaced by an emulated write (EM-18)"),
    MMU_FLOODED("mmu_flooded", "shadow pages", "shadow pages zapped by flooded or misaligned writes (EM-17)"),
    MMU_RECYCLED("mmu_recycled", "shadow pages", "shadow pages reclaimed at the quota, as ZAP-3 counts (ZAP-20)"),
    MMU_CACHE_MISS("mmu_cache_miss", "lookups", "lookups that found no shadow page (SP-13)"),
    MMU_UNSYNC("mmu_unsync", "shadow pages", "unsync shadow pages now (US-2, US-20)"),
    PAGES_4K("pages_4k", "SPTEs", "4 KiB leaf SPTEs now (ST-25, ST-31)"),
    PAGES_2M("pages_2m", "SPTEs", "2 MiB leaf SPTEs now (ST-25, ST-31)"),
    PAGES_1G("pages_1g", "SPTEs", "1 GiB leaf SPTEs now (ST-25, ST-31)"),
    NX_LPAGE_SPLITS("nx_lpage_splits", "shadow pages", "shadow pages that split a huge page for NX now (PF-37)"),
    REMOTE_TLB_FLUSH("remote_tlb_flush", "flushes", "remote flushes that interrupted another virtual CPU (VC-30)"),
    REMOTE_TLB_FLUSH_REQUESTS("remote_tlb_flush_requests", "flushes", "remote flushes requested (VC-30)"),
    MAX_MMU_PAGE_HASH_COLLISIONS("max_mmu_page_hash_collisions", "pages", "longest hash chain walked past (SP-14)"),
    MAX_MMU_RMAP_SIZE("max_mmu_rmap_size", "SPTEs", "longest reverse map seen (ST-25)"),
    PF_TAKEN("pf_taken", "faults", "page faults handled (PF-4)"),
    PF_FIXED("pf_fixed", "faults", "page faults that installed a mapping (PF-4)"),
    PF_EMULATE("pf_emulate", "faults", "page faults that ended in emulation (PF-4)"),
    PF_SPURIOUS("pf_spurious", "faults", "page faults that changed nothing (PF-4)"),
    PF_FAST("pf_fast", "faults", "page faults that the fast path finished (PF-4)"),
    PF_MMIO_SPTE_CREATED("pf_mmio_spte_created", "faults", "page faults that installed an MMIO SPTE (ST-21)"),
    PF_GUEST("pf_guest", "faults", "page faults that belong to the guest (PF-13)"),
    TLB_FLUSH("tlb_flush", "flushes", "flushes serviced at an entry (VC-20)"),
    INVLPG("invlpg", "instructions", "INVLPG handled (US-31)"),
    INSN_EMULATION("insn_emulation", "instructions", "instructions emulated (EM-1)"),
    MMIO_EXITS("mmio_exits", "exits", "MMIO exits to user space (EM-3c)");

    private static final Counter FIRST_OF_VCPU = PF_TAKEN;

    private final String kernelName;
    private final String unit;
    private final String meaning;

    Counter(String kernelName, String unit, String meaning) {
        this.kernelName = kernelName;
        this.unit = unit;
        this.meaning = meaning;
    }

    /** The kernel's name of the statistic. */
    public String kernelName() {
        return kernelName;
    }

    /** What is counted. */
    public String unit() {
        return unit;
    }

    /** One line that says when the statistic moves. */
    public String meaning() {
        return meaning;
    }

    /** Whether each virtual CPU has its own value. */
    public boolean perVcpu() {
        return compareTo(FIRST_OF_VCPU) >= 0;
    }
}
