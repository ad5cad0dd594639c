package org.shadowmmu.engine.audit;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.engine.shadow.ShadowPage;

/** Collects the violations of one audit, not more than a reader can use. */
final class Violations {
    private static final int LIMIT = 50;

    private final List<AuditViolation> found = new ArrayList<>();

    void clear() {
        found.clear();
    }

    boolean none() {
        return found.isEmpty();
    }

    void add(Invariant invariant, String finding) {
        if (found.size() < LIMIT) {
            found.add(new AuditViolation(invariant, finding));
        }
    }

    /** Adds a number that is not what it should be. */
    void addNumber(Invariant invariant, String what, long is, long shouldBe) {
        add(invariant, what + " is " + is + " instead of " + shouldBe);
    }

    List<AuditViolation> list() {
        return found.isEmpty() ? List.of() : List.copyOf(found);
    }

    /** A page as findings name it. */
    static String name(ShadowPage page) {
        return "page gfn 0x" + Long.toHexString(page.gfn) + " role 0x" + Integer.toHexString(page.role);
    }

    /** An entry as findings name it. */
    static String name(ShadowPage page, int index) {
        return "entry " + index + " (0x" + Long.toHexString(page.spt[index]) + ") of " + name(page);
    }
}
