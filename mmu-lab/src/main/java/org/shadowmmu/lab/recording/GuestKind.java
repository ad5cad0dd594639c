package org.shadowmmu.lab.recording;

/** The guest's paging mode. */
public enum GuestKind {
    /** 64-bit, four levels. */
    LONG("long", 4),
    /** 64-bit, five levels. */
    LONG5("long5", 5),
    /** 32-bit with physical address extension, three levels. */
    PAE("pae", 3),
    /** 32-bit, two levels of four-byte entries. */
    LEGACY32("legacy32", 2);

    private final String text;
    private final int levels;

    GuestKind(String text, int levels) {
        this.text = text;
        this.levels = levels;
    }

    /** The name as recordings have it. */
    public String text() {
        return text;
    }

    /** Levels of the guest's page tables. */
    public int levels() {
        return levels;
    }
}
