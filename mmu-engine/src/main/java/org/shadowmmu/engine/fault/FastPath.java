package org.shadowmmu.engine.fault;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.vcpu.VcpuState;

/** Makes a write-protected leaf writable again without the lock (PF-40 to PF-42). Direct MMUs only. */
final class FastPath {
    private final MmuCore core;

    FastPath(MmuCore core) {
        this.core = core;
    }

    /** Whether the fast path looks at such a fault: a write to something present. */
    static boolean considers(int error) {
        int wanted = Access.PRESENT | Access.WRITE;
        return (error & (wanted | Access.RESERVED)) == wanted;
    }

    /** Tries to fix a fault; {@link Outcome#INVALID} gives up. */
    Outcome tryFix(VcpuState vcpu, long gpa, long error, @Nullable Memslot slot) {
        ShadowPage page = HardwareWalk.lastPage(core, vcpu.roots().current().start(gpa), gpa);
        if (page == null) {
            return Outcome.INVALID;
        }
        int index = HardwareWalk.indexAt(page, gpa);
        long old = page.spt[index];
        Outcome outcome = fix(page, index, old, (int) error, slot);
        core.events.fastPageFault(gpa, error, old, page.spt[index], outcome.number(), index);
        return outcome;
    }

    private Outcome fix(ShadowPage page, int index, long old, int error, @Nullable Memslot slot) {
        if (!Spte.present(old) || slot == null) {
            return Outcome.INVALID;
        }
        if (allows(old, error)) {
            return Outcome.SPURIOUS;
        }
        if (!Spte.mmuWritable(old) || page.level() > 1 && slot.logsDirty()) {
            return Outcome.INVALID;
        }
        long fixed = old | Spte.WRITABLE;
        if (!allows(fixed, error)) {
            return Outcome.INVALID;
        }
        page.spt[index] = fixed;
        slot.markDirty(page.gfnOf(index));
        return Outcome.FIXED;
    }

    private static boolean allows(long spte, int error) {
        if ((error & Access.FETCH) != 0) {
            return spte >= 0;
        }
        return (error & Access.WRITE) == 0 || Spte.writable(spte);
    }
}
