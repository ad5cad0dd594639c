package org.shadowmmu.lab.workload;

import org.jspecify.annotations.Nullable;

/** Something a virtual CPU did that is no memory access. */
public enum GuestEvent {
    /** CR3 was written; the argument is the new value shifted right by 12. */
    CR3(1, true),
    /** INVLPG was executed; the address is not recorded. */
    INVLPG(2, false),
    /** CR0 was written; the argument is the new value. */
    CR0(3, true),
    /** CR4 was written; the argument is the new value. */
    CR4(4, true),
    /** The virtual CPU halted. */
    HLT(5, false),
    /** A marker; the argument is its number, whose meaning the stream's description gives. */
    MARKER(6, true);

    private static final @Nullable GuestEvent[] BY_CODE = new @Nullable GuestEvent[7];

    static {
        for (GuestEvent event : values()) {
            BY_CODE[event.code] = event;
        }
    }

    private final int code;
    private final boolean hasArgument;

    GuestEvent(int code, boolean hasArgument) {
        this.code = code;
        this.hasArgument = hasArgument;
    }

    /** Whether the event has an argument. */
    public boolean hasArgument() {
        return hasArgument;
    }

    /** The event with the stream's number {@code code}; null if there is none. */
    static @Nullable GuestEvent of(long code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[(int) code];
    }
}
