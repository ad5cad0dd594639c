package org.shadowmmu.engine.vcpu;

import org.shadowmmu.engine.shadow.MmuMode;

/** One MMU of a virtual CPU: what it shadows and its roots (NE-1). */
public final class MmuContext {
    /** The roots. */
    public final RootSet roots = new RootSet();

    MmuMode mode;
    boolean used;

    MmuContext(MmuMode mode) {
        this.mode = mode;
    }

    /** What the context shadows. */
    public MmuMode mode() {
        return mode;
    }

    /** Whether the context was ever set up. */
    public boolean used() {
        return used;
    }
}
