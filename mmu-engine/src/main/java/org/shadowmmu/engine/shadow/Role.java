package org.shadowmmu.engine.shadow;

/** The role word of a shadow page: what its translation depends on besides the frame it shadows (SP-5, SP-6). */
public final class Role {
    /** Access bit: executable (GP-13). */
    public static final int ACC_EXEC = 1;
    /** Access bit: writable. */
    public static final int ACC_WRITE = 2;
    /** Access bit: user; readable under EPT. */
    public static final int ACC_USER = 4;
    /** Every access. */
    public static final int ACC_ALL = 7;

    /** The guest uses 4-byte entries. */
    public static final int HAS_4_BYTE_GPTE = 1 << 4;
    /** The translation is computed. */
    public static final int DIRECT = 1 << 7;
    /** The page was zapped. */
    public static final int INVALID = 1 << 11;
    /** EFER.NX. */
    public static final int EFER_NX = 1 << 12;
    /** CR0.WP. */
    public static final int CR0_WP = 1 << 13;
    /** CR4.SMEP without CR0.WP. */
    public static final int SMEP_ANDNOT_WP = 1 << 14;
    /** CR4.SMAP without CR0.WP. */
    public static final int SMAP_ANDNOT_WP = 1 << 15;
    /** No accessed and dirty bits in SPTEs. */
    public static final int AD_DISABLED = 1 << 16;
    /** The page serves a nested guest. */
    public static final int GUEST_MODE = 1 << 17;
    /** A 5-level root that only leads to the shadow of a 4-level table. */
    public static final int PASSTHROUGH = 1 << 18;

    private static final int LEVEL_MASK = 15;
    private static final int QUADRANT_SHIFT = 5;
    private static final int ACCESS_SHIFT = 8;
    private static final int SMM_SHIFT = 24;

    private Role() {}

    /** The level, 1 to 5. */
    public static int level(int role) {
        return role & LEVEL_MASK;
    }

    /** The same role at another level. */
    public static int withLevel(int role, int level) {
        return role & ~LEVEL_MASK | level;
    }

    /** Which part of a guest table with 4-byte entries the page shadows, 0 to 3 (SP-20). */
    public static int quadrant(int role) {
        return role >> QUADRANT_SHIFT & 3;
    }

    /** The same role for another quadrant. */
    public static int withQuadrant(int role, int quadrant) {
        return role & ~(3 << QUADRANT_SHIFT) | quadrant << QUADRANT_SHIFT;
    }

    /** The access that every translation of the page inherits. */
    public static int access(int role) {
        return role >> ACCESS_SHIFT & ACC_ALL;
    }

    /** The same role with another access. */
    public static int withAccess(int role, int access) {
        return role & ~(ACC_ALL << ACCESS_SHIFT) | access << ACCESS_SHIFT;
    }

    /** The address space, 0 normal, 1 system management mode. */
    public static int addressSpace(int role) {
        return role >>> SMM_SHIFT == 0 ? 0 : 1;
    }

    /** Whether the translation is computed. */
    public static boolean direct(int role) {
        return (role & DIRECT) != 0;
    }

    /** Whether the page was zapped. */
    public static boolean invalid(int role) {
        return (role & INVALID) != 0;
    }

    /** Whether the page mirrors entries of a guest table (SP-4). */
    public static boolean hasGptes(int role) {
        return (role & (DIRECT | PASSTHROUGH)) == 0;
    }

    /** The role of a child (SP-20); the quadrant of a child in a table of 4-byte entries follows from the entry. */
    public static int child(int role, int index, boolean direct, int access) {
        int child = withLevel(role, level(role) - 1) & ~(DIRECT | PASSTHROUGH | INVALID);
        child = withAccess(child, access);
        if (direct) {
            child |= DIRECT;
        }
        if ((role & HAS_4_BYTE_GPTE) != 0 && level(child) == 1) {
            child = withQuadrant(child, index & 1);
        }
        return child;
    }
}
