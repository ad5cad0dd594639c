package org.shadowmmu.lab.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The name of an argument of a recorded operation, as in {@code va=0x1000}. */
public enum OpKey {
    /** Guest virtual address. */
    VA("va"),
    /** Guest physical address. */
    GPA("gpa"),
    /** Value to store or to load into a register. */
    VAL("val"),
    /** Access size in bytes: 1, 4 or 8. */
    SZ("sz"),
    /** 1: at CPL 3. */
    U("u"),
    /** Virtual CPU. */
    VCPU("vcpu"),
    /** Memslot id. */
    ID("id"),
    /** Memslot size in bytes; 0 deletes. */
    SIZE("size"),
    /** Memslot flags: 1 log dirty pages, 2 read-only. */
    FLAGS("flags"),
    /** Backing id. */
    BACKING("backing"),
    /** Memslot's offset in its backing, in bytes. */
    BOFF("boff"),
    /** Number of pages, or the quota. */
    N("n"),
    /** First page of a range, relative to the memslot. */
    FIRST("first"),
    /** Offset in a backing, in bytes. */
    OFF("off"),
    /** Length in bytes. */
    LEN("len"),
    /** 1: every page is written again at once. */
    POP("pop"),
    /** Nested CR3 of a nested guest, or its CR3 when it has no nested paging. */
    NCR3("ncr3"),
    /** CR0 value. */
    CR0("cr0"),
    /** CR3 value. */
    CR3("cr3"),
    /** CR4 value. */
    CR4("cr4"),
    /** EFER value. */
    EFER("efer");

    private static final OpKey[] ALL = values();

    private final String text;
    private final byte[] bytes;

    OpKey(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The name as recordings have it. */
    public String text() {
        return text;
    }

    int bit() {
        return 1 << ordinal();
    }

    static OpKey at(int ordinal) {
        return ALL[ordinal];
    }

    static int count() {
        return ALL.length;
    }

    boolean matches(byte[] line, int from, int to) {
        return Arrays.equals(line, from, to, bytes, 0, bytes.length);
    }
}
