package org.shadowmmu.engine.era;

/** When installing a leaf is reported by {@code kvm_mmu_set_spte} (ST-22, ST-29). */
public enum SetSpteEvents {
    /** When the SPTE changed, before the flush. */
    CHANGED,
    /** Always, after the flush; MMIO entries too. */
    ALWAYS,
    /** Never. */
    NEVER
}
