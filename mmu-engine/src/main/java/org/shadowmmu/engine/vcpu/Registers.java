package org.shadowmmu.engine.vcpu;

import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuMode;
import org.shadowmmu.engine.shadow.Role;

/** What a write to a control register does to the MMU (VC-1 to VC-9a). */
public final class Registers {
    /** CR0.WP. */
    public static final long CR0_WP = 1L << 16;
    /** CR0.PG. */
    public static final long CR0_PG = 1L << 31;
    /** CR4.PSE. */
    public static final long CR4_PSE = 1L << 4;
    /** CR4.PAE. */
    public static final long CR4_PAE = 1L << 5;
    /** CR4.PGE. */
    public static final long CR4_PGE = 1L << 7;
    /** CR4.LA57. */
    public static final long CR4_LA57 = 1L << 12;
    /** CR4.SMEP. */
    public static final long CR4_SMEP = 1L << 20;
    /** CR4.SMAP. */
    public static final long CR4_SMAP = 1L << 21;
    /** CR4.PKE. */
    public static final long CR4_PKE = 1L << 22;
    /** EFER.LME. */
    public static final long EFER_LME = 1L << 8;
    /** EFER.LMA. */
    public static final long EFER_LMA = 1L << 10;
    /** EFER.NX. */
    public static final long EFER_NX = 1L << 11;

    private static final long CR0_CD_NW = 3L << 29;
    private static final long CR4_RESETS = CR4_PSE | CR4_PAE | CR4_LA57 | CR4_SMEP | CR4_SMAP | CR4_PKE;
    private static final long CR4_RELOADS_PDPTES = CR4_PGE | CR4_PSE | CR4_PAE | CR4_SMEP;

    private static final int EXT_VALID = 1;
    private static final int EXT_PSE = 1 << 2;
    private static final int EXT_PKE = 1 << 3;
    private static final int EXT_SMAP = 1 << 4;
    private static final int EXT_SMEP = 1 << 5;
    private static final int EXT_LA57 = 1 << 6;
    private static final int EXT_LMA = 1 << 7;

    private static final int GUEST_PHYSICAL_BITS = 40;

    private final MmuCore core;
    private final Roots roots;

    /** Makes the register rules of a virtual machine. */
    public Registers(MmuCore core, Roots roots) {
        this.core = core;
        this.roots = roots;
    }

    /** Makes the state of a virtual CPU with paging off. */
    public VcpuState newVcpu(int index) {
        return new VcpuState(index, modeOf(0, 0, 0, false));
    }

    private MmuMode modeOf(long cr0, long cr4, long efer, boolean nested) {
        PagingMode paging = pagingOf(cr0, cr4, efer);
        int guestMode = nested ? Role.GUEST_MODE : 0;
        int cpuRole = cpuRole(paging) | guestMode;
        int rootRole;
        if (core.options.tdpEnabled()) {
            rootRole = Role.withLevel(
                            Role.withAccess(Role.DIRECT | Role.EFER_NX | Role.CR0_WP, Role.ACC_ALL),
                            core.options.hostLevels())
                    | guestMode;
        } else {
            rootRole = Role.withLevel(cpuRole, Math.max(3, paging.levels())) | Role.EFER_NX;
        }
        return new MmuMode(cpuRole, extension(paging, cr4, efer), rootRole, paging);
    }

    /** Finds out anew what the MMU in use shadows; roots stay (VC-3). */
    void recomputeMode(VcpuState vcpu) {
        vcpu.setMode(modeOf(vcpu.cr0, vcpu.cr4, vcpu.efer, vcpu.nested()));
    }

    /** What shadowing the nested tables of an L1 with these registers means (NE-4). */
    MmuMode nestedPagingMode(VcpuState l1) {
        PagingMode paging = pagingOf(l1.cr0 & ~CR0_WP, l1.cr4, l1.efer);
        int cpuRole = cpuRole(paging) | Role.GUEST_MODE;
        int hostLevels = core.options.hostLevels();
        int rootRole = Role.withLevel(cpuRole, hostLevels);
        if (hostLevels == 5 && paging.levels() == 4) {
            rootRole |= Role.PASSTHROUGH;
        }
        return new MmuMode(cpuRole, extension(paging, l1.cr4, l1.efer), rootRole, paging);
    }

    PagingMode pagingOf(ControlState control) {
        return pagingOf(control.cr0(), control.cr4(), control.efer());
    }

    private static PagingMode pagingOf(long cr0, long cr4, long efer) {
        if ((cr0 & CR0_PG) == 0) {
            return PagingMode.off();
        }
        boolean pae = (cr4 & CR4_PAE) != 0;
        int longLevels = (cr4 & CR4_LA57) != 0 ? 5 : 4;
        return new PagingMode(
                (efer & EFER_LMA) != 0 ? longLevels : pae ? 3 : 2,
                !pae,
                (cr0 & CR0_WP) != 0,
                (efer & EFER_NX) != 0,
                (cr4 & CR4_SMEP) != 0,
                (cr4 & CR4_SMAP) != 0,
                (cr4 & CR4_PSE) != 0,
                true,
                true,
                GUEST_PHYSICAL_BITS);
    }

    private static int cpuRole(PagingMode paging) {
        int role = Role.withAccess(0, Role.ACC_ALL);
        if (paging.isOff()) {
            return role | Role.DIRECT;
        }
        role = Role.withLevel(role, paging.levels());
        role |= paging.noExecute() ? Role.EFER_NX : 0;
        role |= paging.fourByte() ? Role.HAS_4_BYTE_GPTE : 0;
        if (paging.writeProtect()) {
            return role | Role.CR0_WP;
        }
        role |= paging.smep() ? Role.SMEP_ANDNOT_WP : 0;
        return role | (paging.smap() ? Role.SMAP_ANDNOT_WP : 0);
    }

    private static int extension(PagingMode paging, long cr4, long efer) {
        if (paging.isOff()) {
            return EXT_VALID;
        }
        int extension = EXT_VALID;
        extension |= (cr4 & CR4_PSE) != 0 ? EXT_PSE : 0;
        extension |= (cr4 & CR4_SMAP) != 0 ? EXT_SMAP : 0;
        extension |= (cr4 & CR4_SMEP) != 0 ? EXT_SMEP : 0;
        if ((efer & EFER_LMA) != 0) {
            extension |= EXT_LMA;
            extension |= (cr4 & CR4_PKE) != 0 ? EXT_PKE : 0;
            extension |= (cr4 & CR4_LA57) != 0 ? EXT_LA57 : 0;
        }
        return extension;
    }

    /**
     * The guest writes CR0 (VC-5); switching paging on with EFER.LME enters long mode.
     *
     * @return false if the PDPTEs it would load are illegal: a general protection fault, nothing is changed
     */
    public boolean writeCr0(VcpuState vcpu, long value) {
        long changed = vcpu.cr0 ^ value;
        boolean paePaging =
                (value & CR0_PG) != 0 && (vcpu.cr4 & CR4_PAE) != 0 && (vcpu.efer & (EFER_LME | EFER_LMA)) == 0;
        if (paePaging && (changed & (CR0_CD_NW | CR0_PG)) != 0 && !loadPdptes(vcpu, vcpu.cr3)) {
            return false;
        }
        vcpu.cr0 = value;
        if ((changed & CR0_PG) != 0) {
            boolean longMode = (value & CR0_PG) != 0 && (vcpu.efer & EFER_LME) != 0;
            vcpu.efer = longMode ? vcpu.efer | EFER_LMA : vcpu.efer & ~EFER_LMA;
        }
        if (core.options.tdpEnabled() && (changed & (CR0_WP | CR0_PG)) == CR0_WP) {
            recomputeMode(vcpu);
            return true;
        }
        if ((changed & CR0_PG) != 0 && (value & CR0_PG) == 0) {
            core.requests.raise(vcpu.index, VcpuRequests.TLB_FLUSH_GUEST);
        }
        if ((changed & (CR0_PG | CR0_WP)) != 0) {
            resetContext(vcpu);
        }
        return true;
    }

    /**
     * The guest writes CR4 (VC-6).
     *
     * @return false as {@link #writeCr0}
     */
    public boolean writeCr4(VcpuState vcpu, long value) {
        long changed = vcpu.cr4 ^ value;
        if (paePaging(vcpu)
                && (value & CR4_PAE) != 0
                && (changed & CR4_RELOADS_PDPTES) != 0
                && !loadPdptes(vcpu, vcpu.cr3)) {
            return false;
        }
        vcpu.cr4 = value;
        if ((changed & CR4_RESETS) != 0) {
            resetContext(vcpu);
        }
        if ((changed & CR4_PGE) != 0) {
            core.requests.raise(vcpu.index, VcpuRequests.TLB_FLUSH_GUEST);
        } else if ((changed & CR4_PAE) != 0 || (changed & value & CR4_SMEP) != 0) {
            core.requests.raise(vcpu.index, VcpuRequests.TLB_FLUSH_CURRENT);
        }
        return true;
    }

    /** The guest writes EFER (VC-7); LMA follows LME while paging is on. */
    public void writeEfer(VcpuState vcpu, long value) {
        long lma = (value & EFER_LME) != 0 && (vcpu.cr0 & CR0_PG) != 0 ? EFER_LMA : 0;
        long next = value & ~EFER_LMA | lma;
        long changed = vcpu.efer ^ next;
        vcpu.efer = next;
        if ((changed & (EFER_NX | EFER_LME)) != 0) {
            resetContext(vcpu);
        }
    }

    /**
     * The guest writes CR3 and the hypervisor sees it, as in shadow paging (VC-8).
     *
     * @return false as {@link #writeCr0}
     */
    public boolean writeCr3(VcpuState vcpu, long value) {
        boolean pae = paePaging(vcpu);
        if (value != vcpu.cr3 || pae) {
            if (pae && !loadPdptes(vcpu, value)) {
                return false;
            }
            if (value != vcpu.cr3) {
                roots.switchPgd(vcpu, value);
            }
            vcpu.cr3 = value;
        }
        if (core.options.tdpEnabled()) {
            core.requests.raise(vcpu.index, VcpuRequests.TLB_FLUSH_GUEST);
        } else {
            core.requests.raise(vcpu.index, VcpuRequests.MMU_SYNC | VcpuRequests.TLB_FLUSH_CURRENT);
        }
        return true;
    }

    /** User space loads registers (VC-7a). */
    public void setAll(VcpuState vcpu, long cr0, long cr3, long cr4, long efer) {
        boolean changed = vcpu.cr0 != cr0 || vcpu.cr3 != cr3 || vcpu.cr4 != cr4 || vcpu.efer != efer;
        vcpu.cr0 = cr0;
        vcpu.cr3 = cr3;
        vcpu.cr4 = cr4;
        vcpu.efer = efer;
        if (paePaging(vcpu)) {
            loadPdptes(vcpu, cr3);
            changed = true;
        }
        if (changed) {
            resetContext(vcpu);
            if (core.options.era().roots().setRegistersFlushesGuest()) {
                core.requests.raise(vcpu.index, VcpuRequests.TLB_FLUSH_GUEST);
            }
        }
    }

    /** Drops every root and starts with new roles (VC-4). */
    private void resetContext(VcpuState vcpu) {
        roots.freeAll(vcpu);
        vcpu.mmio.clearGva();
        recomputeMode(vcpu);
    }

    private static boolean paePaging(VcpuState vcpu) {
        return (vcpu.cr0 & CR0_PG) != 0 && (vcpu.cr4 & CR4_PAE) != 0 && (vcpu.efer & EFER_LMA) == 0;
    }

    /** Loads the PDPTE registers from memory (VC-9); returns false, and changes nothing, if one is illegal. */
    private boolean loadPdptes(VcpuState vcpu, long cr3) {
        long[] loaded = readPdptes(vcpu, cr3);
        if (loaded.length == 0) {
            return false;
        }
        if (!core.options.tdpEnabled() && !java.util.Arrays.equals(loaded, vcpu.pdptes)) {
            roots.freeCurrent(vcpu);
        }
        System.arraycopy(loaded, 0, vcpu.pdptes, 0, loaded.length);
        vcpu.pdptesFresh = true;
        core.requests.raise(vcpu.index, VcpuRequests.LOAD_MMU_PGD);
        return true;
    }

    /** Reads four PDPTEs; returns none if a present one has a reserved bit set, or if they lie in no memslot. */
    private long[] readPdptes(VcpuState vcpu, long cr3) {
        long[] loaded = new long[Root.PAE_ENTRIES];
        long table = cr3 & 0xffffffe0L;
        Memslot slot = core.memory.slotOf(vcpu.addressSpace(), table);
        if (slot == null) {
            return new long[0];
        }
        for (int i = 0; i < loaded.length; i++) {
            loaded[i] = core.memory.read(slot, table + 8 * i);
            if ((loaded[i] & PagingMode.PRESENT) != 0 && PagingMode.reservedPdpte(loaded[i], GUEST_PHYSICAL_BITS)) {
                return new long[0];
            }
        }
        return loaded;
    }

    /**
     * The PDPTE registers as a walk sees them. With two-dimensional paging they are read again after each exit, unless one
     * in memory is illegal (GP-4a).
     */
    public long[] pdptes(VcpuState vcpu) {
        if (core.options.tdpEnabled() && !vcpu.pdptesFresh && paePaging(vcpu)) {
            vcpu.pdptesFresh = true;
            long[] loaded = readPdptes(vcpu, vcpu.cr3);
            System.arraycopy(loaded, 0, vcpu.pdptes, 0, loaded.length);
        }
        return vcpu.pdptes;
    }
}
