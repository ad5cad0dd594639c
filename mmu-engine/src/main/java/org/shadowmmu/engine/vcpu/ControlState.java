package org.shadowmmu.engine.vcpu;

/**
 * The control registers that the MMU depends on.
 *
 * @param cr0 CR0
 * @param cr3 CR3
 * @param cr4 CR4
 * @param efer EFER
 */
public record ControlState(long cr0, long cr3, long cr4, long efer) {}
