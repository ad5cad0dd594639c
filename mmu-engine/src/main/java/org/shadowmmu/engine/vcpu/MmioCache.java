package org.shadowmmu.engine.vcpu;

/** The last MMIO access of a virtual CPU, one entry (PF-64). */
public final class MmioCache {
    private long gvaPage;
    private long gfn;
    private int access;
    private long generation = -1;

    /** Remembers an access; {@code gva} is 0 for a direct MMU. */
    public void fill(long gva, long newGfn, int newAccess, long newGeneration) {
        gvaPage = gva & -4096L;
        gfn = newGfn;
        access = newAccess;
        generation = newGeneration;
    }

    /** Forgets the virtual address; the frame stays known (PF-64). */
    public void clearGva() {
        gvaPage = 0;
    }

    /** Forgets the virtual address if it is this one. */
    public void clearGva(long gva) {
        if (gvaPage == (gva & -4096L)) {
            gvaPage = 0;
        }
    }

    /** Whether the virtual address is the one remembered (PF-64a). */
    public boolean matchesGva(long gva, long currentGeneration) {
        return generation == currentGeneration && gvaPage != 0 && gvaPage == (gva & -4096L);
    }

    /** Whether the physical address is the one remembered (PF-64a). */
    public boolean matchesGpa(long gpa, long currentGeneration) {
        return generation == currentGeneration && gfn != 0 && gfn == gpa >>> 12;
    }

    /** The access that the guest's tables allow there. */
    public int access() {
        return access;
    }

    /** The frame. */
    public long gfn() {
        return gfn;
    }
}
