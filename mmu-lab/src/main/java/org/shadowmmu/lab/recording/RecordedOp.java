package org.shadowmmu.lab.recording;

/**
 * One operation of a recording. The reader uses one object for all operations of a file: its content is valid until the
 * next one is read.
 */
public final class RecordedOp {
    private final long[] values = new long[OpKey.count()];
    private final byte[] order = new byte[OpKey.count()];
    private RecordedOpKind kind = RecordedOpKind.SETUP;
    private long number;
    private int present;
    private int hexadecimal;
    private int count;

    /** Makes operation 0, the set-up. */
    public RecordedOp() {}

    /** The operation in a line such as {@code op 3 W va=0x1000 u=1}. */
    public static RecordedOp of(String line) {
        return OpParser.parse(line);
    }

    /** The operation's number; 0 is the set-up. */
    public long number() {
        return number;
    }

    /** What the operation does. */
    public RecordedOpKind kind() {
        return kind;
    }

    /** Whether the argument is given. */
    public boolean has(OpKey key) {
        return (present & key.bit()) != 0;
    }

    /** Guest virtual address. */
    public long va() {
        return get(OpKey.VA);
    }

    /** Guest physical address. */
    public long gpa() {
        return get(OpKey.GPA);
    }

    /** Value to store or load; 0 when not given. */
    public long val() {
        return has(OpKey.VAL) ? get(OpKey.VAL) : 0;
    }

    /** Access size in bytes; 8 when not given. */
    public int sz() {
        return has(OpKey.SZ) ? (int) get(OpKey.SZ) : 8;
    }

    /** Whether the access is at CPL 3. */
    public boolean u() {
        return has(OpKey.U) && get(OpKey.U) != 0;
    }

    /** The virtual CPU; 0 when not given. */
    public int vcpu() {
        return has(OpKey.VCPU) ? (int) get(OpKey.VCPU) : 0;
    }

    /** Memslot id. */
    public int id() {
        return (int) get(OpKey.ID);
    }

    /** Memslot size in bytes; 0 deletes. */
    public long size() {
        return get(OpKey.SIZE);
    }

    /** Memslot flags. */
    public int flags() {
        return (int) get(OpKey.FLAGS);
    }

    /** Backing id. */
    public int backing() {
        return (int) get(OpKey.BACKING);
    }

    /** The memslot's offset in its backing, in bytes. */
    public long boff() {
        return get(OpKey.BOFF);
    }

    /** Number of pages, or the quota. */
    public long n() {
        return get(OpKey.N);
    }

    /** First page of a range, relative to the memslot. */
    public long first() {
        return get(OpKey.FIRST);
    }

    /** Offset in the backing, in bytes. */
    public long off() {
        return get(OpKey.OFF);
    }

    /** Length in bytes. */
    public long len() {
        return get(OpKey.LEN);
    }

    /** Whether every page is written again at once. */
    public boolean pop() {
        return get(OpKey.POP) != 0;
    }

    /** The nested guest's nCR3, or its CR3 when it has no nested paging. */
    public long ncr3() {
        return get(OpKey.NCR3);
    }

    /** CR0 of {@code SREGS}; ask {@link #has} first. */
    public long cr0() {
        return get(OpKey.CR0);
    }

    /** CR3 of {@code SREGS}; ask {@link #has} first. */
    public long cr3() {
        return get(OpKey.CR3);
    }

    /** CR4 of {@code SREGS}; ask {@link #has} first. */
    public long cr4() {
        return get(OpKey.CR4);
    }

    /** EFER of {@code SREGS}; ask {@link #has} first. */
    public long efer() {
        return get(OpKey.EFER);
    }

    /** Appends the operation as the recording has it, without ending the line. */
    public void appendTo(LineBuffer out) {
        out.text("op ").decimal(number).text(' ').text(kind.name());
        for (int i = 0; i < count; i++) {
            int key = order[i];
            out.text(' ').text(OpKey.at(key).text()).text('=');
            if ((hexadecimal & 1 << key) != 0) {
                out.hex(values[key]);
            } else {
                out.decimal(values[key]);
            }
        }
    }

    /** The operation as the recording has it. */
    @Override
    public String toString() {
        LineBuffer out = new LineBuffer();
        appendTo(out);
        return out.toString();
    }

    void begin(long number, RecordedOpKind kind) {
        this.number = number;
        this.kind = kind;
        present = 0;
        hexadecimal = 0;
        count = 0;
    }

    void put(OpKey key, long value, boolean inHexadecimal) {
        int at = key.ordinal();
        values[at] = value;
        order[count++] = (byte) at;
        present |= 1 << at;
        if (inHexadecimal) {
            hexadecimal |= 1 << at;
        }
    }

    int present() {
        return present;
    }

    private long get(OpKey key) {
        if (!has(key)) {
            throw new IllegalStateException("operation " + this + " has no argument " + key.text());
        }
        return values[key.ordinal()];
    }
}
