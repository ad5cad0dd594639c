package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.HostMemory;
import org.shadowmmu.engine.vm.Vcpu;

/** Two-dimensional translation: the guest's own tables, each of their entries and the result through NPT (RC-4, RC-5). */
final class NestedTranslation implements Translation {
    private final Vcpu vcpu;
    private final HostMemory host;
    private long pfn;
    private long exitAddress;
    private long exitError;
    private int guestError;

    NestedTranslation(Vcpu vcpu, HostMemory host) {
        this.vcpu = vcpu;
        this.host = host;
    }

    @Override
    public int translate(long va, int access) {
        PagingMode paging = vcpu.state().ownPaging();
        long table = tableOf(paging, vcpu.state().cr3);
        int translation = 7;
        for (int level = paging.levels(); ; level--) {
            long gpa = table + (long) paging.index(va, level) * paging.entrySize();
            if (level == 3 && paging.levels() == 3) {
                gpa = table + 8 * (va >>> 30 & 3);
            }
            if (!nested(gpa, Access.WRITE, Access.GUEST_PAGE)) {
                return EXIT;
            }
            long entry = read(gpa, paging.entrySize());
            boolean pdpte = level == 3 && paging.levels() == 3;
            if ((entry & PagingMode.PRESENT) == 0) {
                return guestFault(paging, 0, access);
            }
            if (!pdpte && paging.reserved(entry, level)) {
                // This CPU leaves P clear when a reserved bit is set, as in RC-3.
                return guestFault(paging, Access.RESERVED, access);
            }
            if (!pdpte) {
                translation &= accessOf(entry);
            }
            if (pdpte || !paging.leaf(entry, level)) {
                update(gpa, entry, PagingMode.ACCESSED, paging.entrySize());
                table = paging.gfn(entry) << 12;
                continue;
            }
            if (paging.refuses(translation, access)) {
                return guestFault(paging, Access.PRESENT, access);
            }
            boolean write = (access & Access.WRITE) != 0;
            update(
                    gpa,
                    entry,
                    write ? PagingMode.ACCESSED | PagingMode.DIRTY : PagingMode.ACCESSED,
                    paging.entrySize());
            long offset = va & (paging.leafPages(level) << 12) - 1;
            long base = paging.gfn(entry) & -paging.leafPages(level);
            return nested((base << 12) + offset, access & (Access.WRITE | Access.FETCH), Access.GUEST_FINAL)
                    ? OK
                    : EXIT;
        }
    }

    private static long tableOf(PagingMode paging, long cr3) {
        return paging.levels() == 3 ? cr3 & 0xffffffe0L : paging.gfn(cr3) << 12;
    }

    private static int accessOf(long entry) {
        int access = (int) (entry & (PagingMode.WRITABLE | PagingMode.USER));
        return (entry & PagingMode.NX) == 0 ? access | 1 : access;
    }

    private int guestFault(PagingMode paging, int cause, int access) {
        guestError = paging.error(cause, access);
        return GUEST_FAULT;
    }

    private boolean nested(long gpa, int access, long stage) {
        int error = vcpu.walkNested(gpa, access);
        if (error == HardwareWalk.OK) {
            pfn = vcpu.walkedPfn();
            return true;
        }
        exitAddress = gpa;
        exitError = error | stage;
        return false;
    }

    private long read(long gpa, int size) {
        return GuestMemory.extract(word(gpa), gpa, size);
    }

    private long word(long gpa) {
        Backing backing = host.holding(pfn);
        return backing.read(backing.pageOf(pfn), (int) (gpa >>> 3) & 511);
    }

    /** The processor sets bits of a guest entry in memory at once. */
    private void update(long gpa, long entry, long bits, int size) {
        if ((entry & bits) != bits) {
            Backing backing = host.holding(pfn);
            backing.write(
                    backing.pageOf(pfn),
                    (int) (gpa >>> 3) & 511,
                    GuestMemory.merge(word(gpa), gpa, entry | bits, size));
        }
    }

    @Override
    public long pfn() {
        return pfn;
    }

    @Override
    public long exitAddress() {
        return exitAddress;
    }

    @Override
    public long exitError() {
        return exitError;
    }

    @Override
    public int exitReason() {
        return 0x400;
    }

    @Override
    public int guestError() {
        return guestError;
    }
}
