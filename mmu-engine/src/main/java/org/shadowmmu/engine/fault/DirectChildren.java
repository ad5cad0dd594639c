package org.shadowmmu.engine.fault;

import org.shadowmmu.engine.lookup.PageLookup;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vcpu.VcpuState;

/** The direct pages below an entry, found or made on the way to a leaf (PF-25, PF-34). */
final class DirectChildren {
    private final PageLookup lookup;

    DirectChildren(PageLookup lookup) {
        this.lookup = lookup;
    }

    /** The page below an entry, linked; a page made because of NX counts as a split (PF-37). */
    ShadowPage below(ShadowPage parent, int index, long gfn, int access, VcpuState vcpu, HugePages hugePages) {
        long first = gfn & -(1L << 9 * (parent.level() - 1));
        int role = Role.child(parent.role, index, true, access);
        ShadowPage child = lookup.linkedChild(parent, index, first, role);
        if (child != null) {
            return child;
        }
        child = lookup.get(first, role, vcpu.mode(), vcpu.index);
        lookup.link(parent, index, child);
        hugePages.linked(child, parent.level());
        return child;
    }
}
