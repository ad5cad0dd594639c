package org.shadowmmu.lab.recording;

import static org.shadowmmu.lab.recording.OpKey.BACKING;
import static org.shadowmmu.lab.recording.OpKey.BOFF;
import static org.shadowmmu.lab.recording.OpKey.FIRST;
import static org.shadowmmu.lab.recording.OpKey.FLAGS;
import static org.shadowmmu.lab.recording.OpKey.GPA;
import static org.shadowmmu.lab.recording.OpKey.ID;
import static org.shadowmmu.lab.recording.OpKey.LEN;
import static org.shadowmmu.lab.recording.OpKey.N;
import static org.shadowmmu.lab.recording.OpKey.NCR3;
import static org.shadowmmu.lab.recording.OpKey.OFF;
import static org.shadowmmu.lab.recording.OpKey.POP;
import static org.shadowmmu.lab.recording.OpKey.SIZE;
import static org.shadowmmu.lab.recording.OpKey.SZ;
import static org.shadowmmu.lab.recording.OpKey.U;
import static org.shadowmmu.lab.recording.OpKey.VA;
import static org.shadowmmu.lab.recording.OpKey.VAL;
import static org.shadowmmu.lab.recording.OpKey.VCPU;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a recorded operation does, with the arguments it must and may have. */
public enum RecordedOpKind {
    /** VM, memslots, virtual CPUs and their start state; always operation 0. */
    SETUP(mask(), mask()),
    /** Load. */
    R(mask(VA), mask(U, VCPU)),
    /** Store. */
    W(mask(VA), mask(VAL, SZ, U, VCPU)),
    /** Store to a guest page table through the linear map; {@code gpa} is informative. */
    PW(mask(VA, GPA, VAL, SZ), mask(VCPU)),
    /** Exchange with a guest page-table entry through the linear map. */
    XCHG(mask(VA, GPA, VAL, SZ), mask(VCPU)),
    /** Execute what the page holds. */
    X(mask(VA), mask(U, VCPU)),
    /** Load CR3. */
    CR3(mask(VAL), mask(VCPU)),
    /** Invalidate one translation. */
    INVLPG(mask(VA), mask(VCPU)),
    /** Load CR0. */
    CR0(mask(VAL), mask(VCPU)),
    /** Load CR4. */
    CR4(mask(VAL), mask(VCPU)),
    /** Write EFER. */
    EFER(mask(VAL), mask(VCPU)),
    /** Nested guest: load. */
    L2R(mask(VA, NCR3), mask(VCPU)),
    /** Nested guest: store. */
    L2W(mask(VA, NCR3), mask(VCPU)),
    /** Nested guest: execute. */
    L2X(mask(VA, NCR3), mask(VCPU)),
    /** Nested guest: enter and halt. */
    L2N(mask(NCR3), mask(VA, VCPU)),
    /** Create, delete, move or change a memslot. */
    SLOT(mask(ID, GPA, SIZE, FLAGS, BACKING, BOFF), mask()),
    /** Set the quota of shadow pages. */
    QUOTA(mask(N), mask()),
    /** Fetch the dirty log of a memslot. */
    DIRTYLOG(mask(ID), mask()),
    /** Clear a range of the dirty log. */
    CLEARLOG(mask(ID, FIRST, N), mask()),
    /** Take host memory away. */
    DONTNEED(mask(BACKING, OFF, LEN, POP), mask()),
    /** Set registers from outside the guest. */
    SREGS(mask(), mask(OpKey.CR0, OpKey.CR3, OpKey.CR4, OpKey.EFER, VCPU)),
    /** Write guest memory from outside the guest. */
    POKE(mask(GPA, VAL, SZ), mask()),
    /** Read guest memory from outside the guest. */
    PEEK(mask(GPA), mask()),
    /** Show the state of the MMU. */
    DUMP(mask(), mask()),
    /** Nothing. */
    MARK(mask(), mask());

    private static final RecordedOpKind[] ALL = values();

    private final int required;
    private final int allowed;
    private final byte[] bytes = name().getBytes(StandardCharsets.US_ASCII);

    RecordedOpKind(int required, int optional) {
        this.required = required;
        this.allowed = required | optional;
    }

    int required() {
        return required;
    }

    int allowed() {
        return allowed;
    }

    boolean matches(byte[] line, int from, int to) {
        return Arrays.equals(line, from, to, bytes, 0, bytes.length);
    }

    static RecordedOpKind at(int ordinal) {
        return ALL[ordinal];
    }

    static int count() {
        return ALL.length;
    }

    private static int mask(OpKey... keys) {
        int mask = 0;
        for (OpKey key : keys) {
            mask |= key.bit();
        }
        return mask;
    }
}
