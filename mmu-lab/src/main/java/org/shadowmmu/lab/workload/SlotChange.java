package org.shadowmmu.lab.workload;

/**
 * A change of the guest's memory layout, as the user-space part of a hypervisor asks for it.
 *
 * @param operation what happens
 * @param addressSpace 0 normal, 1 system management mode
 * @param gfn first guest frame number
 * @param pages size in 4 KiB pages, 1 or more
 * @param flags {@link #LOG_DIRTY}, {@link #READ_ONLY} and bit 2, which is not for KVM
 * @param blockPage first page within the RAM block
 * @param transaction number of the reconfiguration this change belongs to
 * @param vcpu the virtual CPU that caused it, or -1
 * @param block name of the RAM block
 */
public record SlotChange(
        Operation operation,
        int addressSpace,
        long gfn,
        long pages,
        int flags,
        long blockPage,
        long transaction,
        int vcpu,
        String block) {
    /** Flag: dirty logging is on. */
    public static final int LOG_DIRTY = 1;
    /** Flag: the guest may not write ({@code KVM_MEM_READONLY}). */
    public static final int READ_ONLY = 2;

    /** What happens to a slot; the order is that of the stream's numbers. */
    public enum Operation {
        /** The slot goes. */
        DELETE,
        /** A slot appears. */
        ADD,
        /** Dirty logging is switched on. */
        LOG_START,
        /** Dirty logging is switched off. */
        LOG_STOP
    }
}
