package org.shadowmmu.engine.shadow;

import org.shadowmmu.engine.guest.PagingMode;

/**
 * What a virtual CPU's MMU shadows at the moment; made anew when a register changes (VC-1, VC-2).
 *
 * @param cpuRole the role that the guest's registers ask for
 * @param cpuRoleExtension the bits of it that shadow pages do not carry
 * @param rootRole the role of the root
 * @param paging how the guest's tables are read
 */
public record MmuMode(int cpuRole, int cpuRoleExtension, int rootRole, PagingMode paging) {
    /** Whether translations are computed: two-dimensional paging, or a guest without paging. */
    public boolean direct() {
        return Role.direct(rootRole);
    }
}
