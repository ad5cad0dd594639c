package org.shadowmmu.engine.fault;

/**
 * The guest instruction that runs when a fault leads to emulation. One per driver, changed in place.
 *
 * <p>The emulator must know what the instruction does, because the simulation has no machine code to decode.
 */
public final class Instruction {
    /** What an instruction does with its memory operand. */
    public enum Kind {
        /** No memory operand. */
        NONE,
        /** Loads. */
        LOAD,
        /** Stores; a page-table writing instruction (EM-5). */
        STORE,
        /** Stores with a string or vector instruction; not a page-table writing instruction. */
        BULK_STORE,
        /** Writes what nobody knows, so memory keeps what it has; not a page-table writing instruction. */
        TOUCH,
        /** Exchanges with memory, locked; a page-table writing instruction. */
        EXCHANGE,
        /** Loads, adds the value and stores; not a page-table writing instruction. */
        READ_MODIFY_WRITE
    }

    private Kind kind = Kind.NONE;
    private long address;
    private long value;
    private int size;
    private boolean user;

    /** Sets the instruction; {@code size} is 1 to 8 bytes, and one that loads as well as stores stays within a page. */
    public void set(Kind newKind, long newAddress, long newValue, int newSize, boolean newUser) {
        kind = newKind;
        address = newAddress;
        value = newValue;
        size = newSize;
        user = newUser;
    }

    /** What it does. */
    public Kind kind() {
        return kind;
    }

    /** Virtual address of the operand. */
    public long address() {
        return address;
    }

    /** What a store writes. */
    public long value() {
        return value;
    }

    /** Bytes of the operand. */
    public int size() {
        return size;
    }

    /** Whether it runs at CPL 3. */
    public boolean user() {
        return user;
    }

    /** Whether the emulator takes it for one that writes page tables (EM-5). */
    public boolean writesPageTables() {
        return kind == Kind.STORE || kind == Kind.EXCHANGE;
    }
}
