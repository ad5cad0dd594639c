package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.fail;

import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/**
 * The security property of shadow paging, checked entry by entry: no entry of a page that mirrors a guest table gives the
 * guest more than that table says now. Unsync pages are excepted, which may say what the table said at the last flush.
 *
 * <p>By induction from the roots, no way through the shadow tables then gives more than the guest's own tables. What lies
 * behind a frame is the memslots' matter, and the audit's.
 */
final class ShadowSecurity {
    private static final int ALL = Role.ACC_ALL;

    private final MmuCore core;
    private final GuestModel guest;

    ShadowSecurity(MmuCore core) {
        this.core = core;
        guest = new GuestModel(core);
    }

    /** Looks at every entry; fails at the first that gives too much. Returns the number of entries looked at. */
    long check() {
        long seen = 0;
        for (int id = 0; id < core.pages.idLimit(); id++) {
            ShadowPage page = core.pages.slot(id);
            if (page.live() && !page.obsolete() && Role.hasGptes(page.role) && !page.unsync) {
                seen += check(page);
            }
        }
        return seen;
    }

    private long check(ShadowPage page) {
        long seen = 0;
        for (int index = 0; index < ShadowPage.ENTRIES; index++) {
            long spte = page.spt[index];
            if (Spte.present(spte)) {
                seen++;
                check(page, index, spte);
            }
        }
        return seen;
    }

    private void check(ShadowPage page, int index, long spte) {
        boolean fourByte = (page.role & Role.HAS_4_BYTE_GPTE) != 0;
        int level = page.level();
        int quadrant = Role.quadrant(page.role);
        int guestIndex = !fourByte ? index : level == 1 ? quadrant * 512 + index : quadrant * 256 + index / 2;
        long gpte = guest.entry(page.gfn, guestIndex, fourByte);
        require((gpte & 1) != 0, page, index, gpte, "the guest's entry is not present");
        int allowed = Role.access(page.role) & accessOf(gpte);
        long frame = (gpte & (fourByte ? 0xfffff000L : 0xffffffffff000L)) >>> 12;
        if (Spte.leaf(spte, level)) {
            require(level == 1 || (gpte & 128) != 0, page, index, gpte, "the guest's entry leads to a table");
            int clean = (gpte & 64) == 0 ? allowed & ~Role.ACC_WRITE : allowed;
            checkRights(page, index, spte, gpte, clean);
            long base = leafBase(gpte, frame, level, fourByte, index);
            require(page.gfnOf(index) == base, page, index, gpte, "the guest's entry maps another frame");
            return;
        }
        ShadowPage child = core.pages.child(spte);
        if (Role.direct(child.role)) {
            require((gpte & 128) != 0, page, index, gpte, "the guest's entry leads to a table");
            long base = leafBase(gpte, frame, level, fourByte, index);
            require(child.gfn == base, page, index, gpte, "the guest's entry maps another block");
            int clean = (gpte & 64) == 0 ? allowed & ~Role.ACC_WRITE : allowed;
            checkAccess(page, index, gpte, Role.access(child.role), clean);
        } else {
            require(child.gfn == frame, page, index, gpte, "the guest's entry leads to another table");
            int given = Role.access(child.role);
            require((given & ~allowed) == 0, page, index, gpte, "the child has more access than the way to it");
            if (fourByte) {
                require(Role.quadrant(child.role) == (index & 1), page, index, gpte, "the wrong half is linked");
            }
        }
    }

    /** The first frame that entry {@code index} of the page may map when the guest's entry is a leaf. */
    private static long leafBase(long gpte, long frame, int level, boolean fourByte, int index) {
        if (level == 1) {
            return frame;
        }
        if (fourByte) {
            long base = frame & -1024 | (gpte >>> 13 & 15) << 20;
            return base + 512L * (index & 1);
        }
        return frame & -(1L << 9 * (level - 1));
    }

    private static int accessOf(long gpte) {
        int access = (int) gpte & (Role.ACC_WRITE | Role.ACC_USER);
        return gpte >= 0 ? access | Role.ACC_EXEC : access;
    }

    private void checkRights(ShadowPage page, int index, long spte, long gpte, int allowed) {
        int given = Spte.writable(spte) ? Role.ACC_WRITE : 0;
        given |= (spte & Spte.USER) != 0 ? Role.ACC_USER : 0;
        given |= spte >= 0 ? Role.ACC_EXEC : 0;
        checkAccess(page, index, gpte, given, allowed);
        Memslot slot = core.memslots.find(0, page.gfnOf(index));
        require(
                slot != null && !(slot.readOnly() && Spte.writable(spte)),
                page,
                index,
                gpte,
                "the memslot does not allow it");
    }

    /** Without CR0.WP the supervisor may write what is read-only, if the page is not the user's then (PF-17). */
    private void checkAccess(ShadowPage page, int index, long gpte, int given, int allowed) {
        boolean supervisorWrites = (page.role & Role.CR0_WP) == 0 && (given & Role.ACC_USER) == 0;
        int limit = supervisorWrites ? allowed | Role.ACC_WRITE : allowed;
        require((given & ~limit & ALL) == 0, page, index, gpte, "more access than the guest's entry and the way to it");
    }

    private static void require(boolean holds, ShadowPage page, int index, long gpte, String what) {
        if (!holds) {
            fail("entry %d of %s is 0x%x, the guest's entry 0x%x: %s", index, page, page.spt[index], gpte, what);
        }
    }
}
