package org.shadowmmu.engine.audit;

/**
 * An invariant that does not hold.
 *
 * @param invariant which one
 * @param finding where, with what was found and what it should be
 */
public record AuditViolation(Invariant invariant, String finding) {
    /** One sentence: rule, invariant, finding. */
    @Override
    public String toString() {
        return invariant.rule() + " " + invariant.checkName() + ": " + invariant.sentence() + ", but " + finding + ".";
    }
}
