package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.fault.Instruction;
import org.shadowmmu.engine.fault.Instruction.Kind;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.HostMemory;

/** The accesses of one instruction in the order of the recorded CPU (RC-7). */
final class InstructionAccesses {
    private static final int PAGE = 4096;

    private final Translation translation;
    private final HostMemory host;
    private long address;

    InstructionAccesses(Translation translation, HostMemory host) {
        this.translation = translation;
        this.host = host;
    }

    /** The address of the last access. */
    long address() {
        return address;
    }

    /** One access; says how the translation ended. */
    int access(long va, int kind, boolean user) {
        address = va;
        return translation.translate(va, kind | (user ? Access.USER : 0));
    }

    /** The operand's accesses; memory changes only if all are allowed. */
    int operand(Instruction instruction, boolean user) {
        long value = instruction.value();
        if (instruction.kind() != Kind.STORE) {
            int loaded = access(instruction.address(), 0, user);
            if (loaded != Translation.OK || instruction.kind() == Kind.LOAD) {
                return loaded;
            }
            if (instruction.kind() == Kind.READ_MODIFY_WRITE) {
                value += read(instruction.address());
            }
        }
        return store(instruction.address(), value, instruction.size(), user);
    }

    private int store(long first, long value, int size, boolean user) {
        int inPage = (int) Math.min(size, PAGE - (first & PAGE - 1));
        int stored = access(first, Access.WRITE, user);
        if (stored != Translation.OK) {
            return stored;
        }
        long firstPfn = translation.pfn();
        if (inPage < size) {
            stored = access(first + inPage, Access.WRITE, user);
            if (stored != Translation.OK) {
                return stored;
            }
            write(translation.pfn(), 0, value >>> 8 * inPage, size - inPage);
        }
        write(firstPfn, (int) first & PAGE - 1, value, inPage);
        return Translation.OK;
    }

    private void write(long pfn, int offset, long value, int size) {
        Backing backing = host.holding(pfn);
        long page = backing.pageOf(pfn);
        int word = offset >> 3;
        int inWord = Math.min(size, 8 - (offset & 7));
        backing.write(page, word, GuestMemory.merge(backing.read(page, word), offset, value, inWord));
        if (inWord < size) {
            long rest = backing.read(page, word + 1);
            backing.write(page, word + 1, GuestMemory.merge(rest, 0, value >>> 8 * inWord, size - inWord));
        }
    }

    /** The bytes at an address that was just accessed, up to the end of their 8-byte word. */
    long read(long va) {
        Backing backing = host.holding(translation.pfn());
        return backing.read(backing.pageOf(translation.pfn()), (int) (va >>> 3) & 511) >>> (va & 7) * 8;
    }
}
