package org.shadowmmu.tck;

import java.util.List;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.audit.AuditViolation;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;

/** The guest of a story, which audits its machine now and then. */
final class Guest {
    private static final int AUDIT_EVERY = 500;

    private final VirtualMachine machine;
    private final Audit audit;
    private int backings;
    private int operations;

    Guest(VirtualMachine machine) {
        this.machine = machine;
        this.audit = new Audit(machine);
    }

    VirtualMachine machine() {
        return machine;
    }

    /** Creates a slot on memory of its own; without pages, deletes it. */
    void slot(int id, long gfn, long pages) {
        if (pages != 0) {
            machine.host().addBacking(backings++, pages, false);
        }
        require(machine.setMemslot(0, id, gfn, pages, 0, Math.max(0, backings - 1), 0) == 0, "a slot is refused");
        check();
    }

    /**
     * Sets the quota. A shrink leaves whatever is in use then, even less than was asked for if victims took others along
     * (ZAP-42), so it is set again.
     */
    void quota(long pages) {
        for (int attempt = 0; attempt < 2; attempt++) {
            require(machine.setQuota(pages) == 0, "a quota is refused");
        }
    }

    /** Accesses a frame under two-dimensional paging. */
    void access(long gfn, AccessKind kind) {
        machine.vcpu(0).accessGpa(gfn << 12, kind);
        step();
    }

    /** Counts an operation. */
    void step() {
        if (++operations % AUDIT_EVERY == 0) {
            check();
        }
    }

    /** Checks every invariant of the machine. */
    void check() {
        List<AuditViolation> violations = audit.check();
        if (!violations.isEmpty()) {
            throw new IllegalStateException("the machine broke its invariant " + violations.get(0));
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
