package org.shadowmmu.lab.recording;

import org.shadowmmu.engine.shadow.Role;

/** The text of a shadow page's role: the word, its level and access, and those of its parts that are not zero. */
final class RoleText {
    private static final String[] ACCESS = {"---", "--x", "w--", "w-x", "-u-", "-ux", "wu-", "wux"};

    private RoleText() {}

    /** Appends {@code role=0x3784 level=4 access=wux ...}. */
    static void append(int role, LineBuffer out) {
        out.text("role=").hex(Integer.toUnsignedLong(role));
        out.text(" level=").decimal(Role.level(role));
        out.text(" access=").text(ACCESS[Role.access(role)]);
        flag(role, Role.DIRECT, " direct=1", out);
        if (Role.quadrant(role) != 0) {
            out.text(" quadrant=").decimal(Role.quadrant(role));
        }
        flag(role, Role.HAS_4_BYTE_GPTE, " gpte4=1", out);
        flag(role, Role.INVALID, " invalid=1", out);
        flag(role, Role.EFER_NX, " nx=1", out);
        flag(role, Role.CR0_WP, " wp=1", out);
        flag(role, Role.SMEP_ANDNOT_WP, " smep_nwp=1", out);
        flag(role, Role.SMAP_ANDNOT_WP, " smap_nwp=1", out);
        flag(role, Role.AD_DISABLED, " ad_off=1", out);
        flag(role, Role.GUEST_MODE, " guest_mode=1", out);
        flag(role, Role.PASSTHROUGH, " passthrough=1", out);
        if (Role.addressSpace(role) != 0) {
            out.text(" smm=").decimal(Role.addressSpace(role));
        }
    }

    private static void flag(int role, int bit, String text, LineBuffer out) {
        if ((role & bit) != 0) {
            out.text(text);
        }
    }
}
