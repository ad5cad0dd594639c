package org.shadowmmu.engine.lock;

/**
 * A figure that {@link MmuLock} keeps for each kind of {@link LockedWork}; declared once, tables and reports derive from
 * here. An entry counts when it is visited by a walk, scanned, installed or dropped: an SPTE of a table, empty or not, or
 * one head of a reverse map in a walk over a slot.
 */
public enum LockFigure {
    WRITE_HOLDS("write_holds", "times", "times the lock was taken for writing"),
    READ_HOLDS("read_holds", "times", "times the lock was taken for reading, i.e. shared with faults (TDP-2)"),
    YIELDS("yields", "times", "times the lock was let go at a yield point and taken again"),
    ENTRIES("entries", "entries", "entries looked at with the lock held"),
    ZAPPED("zapped", "SPTEs", "present SPTEs removed with the lock held"),
    LONGEST_STEP("longest_step", "entries", "most entries between two points where the kernel may yield"),
    LONGEST_STEP_ZAPPED("longest_step_zapped", "SPTEs", "most present SPTEs removed between two such points"),
    LONGEST_WRITE_HOLD("longest_write_hold", "entries", "most entries from taking to letting go, for writing"),
    LONGEST_READ_HOLD("longest_read_hold", "entries", "most entries from taking to letting go, for reading");

    private final String key;
    private final String unit;
    private final String meaning;

    LockFigure(String key, String unit, String meaning) {
        this.key = key;
        this.unit = unit;
        this.meaning = meaning;
    }

    /** The name in results. */
    public String key() {
        return key;
    }

    /** What is counted. */
    public String unit() {
        return unit;
    }

    /** One line that says what it is. */
    public String meaning() {
        return meaning;
    }
}
