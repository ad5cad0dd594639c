package org.shadowmmu.lab.machine;

import org.shadowmmu.lab.recording.RecordingHeader;

/** The one page of guest code of a recording: where each instruction lies and how long it is (FORMAT section 3). */
final class Stub {
    static final int LOAD = 0x00;
    static final int STORE_8 = 0x10;
    static final int STORE_4 = 0x20;
    static final int STORE_1 = 0x30;
    static final int MOV_CR3 = 0x40;
    static final int INVLPG = 0x50;
    static final int MOV_CR0 = 0x60;
    static final int MOV_CR4 = 0x70;
    static final int WRMSR = 0x80;
    static final int XCHG = 0x90;
    static final int SYSEXIT = 0xa0;
    static final int SYSENTER = 0xb0;
    static final int OUT = 0xc0;
    static final int VMRUN = 0xd0;
    static final int BEHIND_VMRUN = 0xd3;
    static final int PF_HANDLER = 0x400;
    static final int OTHER_HANDLER = 0x410;
    static final int IDT = 0x800;
    static final int GDT_CODE = 0xa08;
    static final int TSS_STACK = 0xa84;
    static final int STACK = 0xf80;

    private final RecordingHeader.Stub place;
    private final boolean longMode;

    Stub(RecordingHeader header) {
        place = header.stub();
        longMode = header.guest().levels() >= 4;
    }

    /** The supervisor address of an offset. */
    long kva(int offset) {
        return place.kva() + offset;
    }

    /** The address of an offset at CPL 3 or 0. */
    long address(int offset, boolean user) {
        return (user ? place.uva() : place.kva()) + offset;
    }

    /** The address behind the instruction at an offset. */
    int behind(int offset) {
        return switch (offset) {
            case LOAD, STORE_8, XCHG -> offset + (longMode ? 3 : 2);
            case MOV_CR3, INVLPG, MOV_CR0, MOV_CR4 -> offset + 3;
            default -> offset + 2;
        };
    }

    /** The offset of the store instruction for a size; 32-bit guests store 4 bytes for 8. */
    int store(int size) {
        return switch (size) {
            case 1 -> STORE_1;
            case 4 -> STORE_4;
            default -> STORE_8;
        };
    }

    /** The bytes that an operand of this size has. */
    int operandSize(int size) {
        return longMode ? size : Math.min(size, 4);
    }

    /** The address of an interrupt gate. */
    long gate(int vector) {
        return kva(IDT + vector * (longMode ? 16 : 8));
    }
}
