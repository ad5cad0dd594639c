package org.shadowmmu.engine.audit;

import java.util.List;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.vm.VirtualMachine;

/**
 * Checks every {@link Invariant} of a virtual machine between two operations.
 *
 * <p>It trusts no number that the engine keeps: pages, leaves and links are counted from the SPTEs, lists and slots
 * themselves. It changes nothing, costs one look at every SPTE of every live page and at every reverse map head of every
 * slot, and allocates nothing once it has grown to the size of the machine, unless it finds something.
 */
public final class Audit {
    private final Violations violations = new Violations();
    private final Census census;
    private final Census tdpCensus;
    private final TdpChecks tdp;
    private final TlbChecks tlbs;
    private final PageChecks pages;
    private final RootChecks roots;
    private final LinkChecks links;
    private final LeafChecks leaves;
    private final RmapChecks rmaps;
    private final UnsyncChecks unsync;
    private final GuestTableChecks guestTables;

    /** Makes the audit of one virtual machine, to be used any number of times. */
    public Audit(VirtualMachine machine) {
        MmuCore core = machine.core();
        census = new Census(core, false);
        tdpCensus = new Census(core, true);
        pages = new PageChecks(core, census, violations);
        roots = new RootChecks(machine, census, violations);
        links = new LinkChecks(core, census, violations);
        leaves = new LeafChecks(core, violations, census, tdpCensus);
        tdp = new TdpChecks(machine, tdpCensus, violations);
        tlbs = new TlbChecks(machine, violations);
        rmaps = new RmapChecks(core, census, violations);
        unsync = new UnsyncChecks(core, census, violations);
        guestTables = new GuestTableChecks(core, census, violations);
    }

    /** Checks one virtual machine once. */
    public static List<AuditViolation> check(VirtualMachine machine) {
        return new Audit(machine).check();
    }

    /** Checks everything; returns what does not hold in a fixed order, the first 50 at most. */
    public List<AuditViolation> check() {
        violations.clear();
        census.take(violations);
        tdpCensus.take(violations);
        pages.run();
        roots.run();
        links.run();
        leaves.run();
        rmaps.run();
        unsync.run();
        guestTables.run();
        tdp.run();
        tlbs.run();
        return violations.list();
    }
}
