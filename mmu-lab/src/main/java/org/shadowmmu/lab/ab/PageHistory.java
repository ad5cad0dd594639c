package org.shadowmmu.lab.ab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.Decision;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.lab.trial.AccessStream;
import org.shadowmmu.lab.trial.Drive;
import org.shadowmmu.lab.trial.MachineSource;
import org.shadowmmu.lab.trial.Start;
import org.shadowmmu.lab.trial.TrialMachine;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.PassingVisitor;
import org.shadowmmu.lab.workload.StreamVisitor;

/**
 * The life of one shadow page while a workload runs: when it was made, when and why it was zapped, and when the guest needed
 * it again. All pages of the same level and frame count as the same page; each role of it has lives of its own.
 */
public final class PageHistory implements MmuEvents {
    /** Why a page was zapped. */
    public enum Cause {
        /** The quota was used up, and the order of reclaim named the page, or a page that takes it along. */
        RECLAIM,
        /** A memslot was changed or deleted. */
        MEMSLOT,
        /** The guest wrote to page tables, and the write was emulated. */
        GUEST_WRITE,
        /** Its last parent went, and the rule for children let it go too. */
        LAST_PARENT,
        /** Anything else: its root ended, or a policy asked for the zap. */
        OTHER
    }

    /**
     * One life of the page.
     *
     * @param role the role it had
     * @param made the workload's clock when it was made
     * @param zapped the clock when it was zapped, -1 if it still lives
     * @param cause why it was zapped
     * @param used accesses to its guest pages while it lived; counted for leaf tables of physical addresses only
     * @param pages shadow pages in use when it was zapped
     */
    public record Life(int role, long made, long zapped, Cause cause, long used, long pages) {}

    /** How often the page of a level at a frame was zapped. */
    public record Zaps(long gfn, int level, long zapped) {}

    /** A page that lives, and the accesses to its guest pages before it was made. */
    private record Living(long made, long usedBefore) {}

    private final long gfn;
    private final int level;
    private final List<Life> lives = new ArrayList<>();
    private final Map<Integer, Living> living = new TreeMap<>();
    private final Map<Long, Long> zaps = new TreeMap<>();
    private @Nullable TrialMachine machine;
    private @Nullable Drive drive;
    private boolean direct = true;
    private long used;

    private long slotsAsked;
    private long guestWrites;
    private long orderAsked;
    private long childrenAsked;
    private long reclaimed;
    private boolean reclaiming;

    private PageHistory(long gfn, int level) {
        this.gfn = gfn;
        this.level = level;
    }

    /**
     * Runs a workload and follows one page.
     *
     * @param quota shadow pages allowed, 0 for the default
     * @param gfn the frame of the guest's table that the page shadows; if no page does, any guest frame below it
     * @param level level of the page, 1 for a leaf table
     * @throws org.shadowmmu.engine.policy.PolicyFailure if the policy breaks its contract
     * @throws org.shadowmmu.lab.workload.ReplayException if the workload and the machine do not fit
     */
    public static PageHistory of(
            MachineSource machines, Subject subject, Contender contender, long quota, long seed, long gfn, int level) {
        PageHistory history = new PageHistory(gfn, level);
        Drive drive = subject.workload()
                .prepare(new Start(
                        machines,
                        subject.host(),
                        PolicyAssignment.of(contender.choice()),
                        quota,
                        seed,
                        new PolicyWatch(),
                        history,
                        machine -> accesses -> {}));
        history.follow(drive, subject.workload() instanceof AccessStream stream && !stream.virtual());
        return history;
    }

    private void follow(Drive driven, boolean physical) {
        drive = driven;
        machine = driven.machine();
        if (physical) {
            driven.run(Accesses::new);
        } else {
            driven.run();
        }
        living.forEach((role, page) -> lives.add(new Life(role, page.made(), -1, Cause.OTHER, usedSince(page), 0)));
        direct = lives.stream().allMatch(life -> Role.direct(life.role()));
        lives.removeIf(life -> Role.direct(life.role()) != direct);
    }

    /** The lives of the page in order of their ends; those that have none last. */
    public List<Life> lives() {
        return List.copyOf(lives);
    }

    /** The first guest frame of the page, or the frame of the guest's table that it shadows. */
    public long gfn() {
        return direct ? first() : gfn;
    }

    private long first() {
        return gfn >>> 9 * level << 9 * level;
    }

    /** The pages zapped most often, most first, whatever their level. */
    public List<Zaps> mostZapped(int count) {
        return zaps.entrySet().stream()
                .map(entry -> new Zaps(entry.getKey() >>> 3, (int) (entry.getKey() & 7), entry.getValue()))
                .sorted(Comparator.comparingLong(Zaps::zapped)
                        .reversed()
                        .thenComparingInt(Zaps::level)
                        .thenComparingLong(Zaps::gfn))
                .limit(count)
                .toList();
    }

    /** Counts the accesses to the guest pages of the page. */
    private final class Accesses extends PassingVisitor {
        Accesses(StreamVisitor next) {
            super(next);
        }

        @Override
        public void access(EntryKind kind, long accessed) {
            super.access(kind, accessed);
            if (level == 1 && accessed >>> 9 == gfn >>> 9) {
                used++;
            }
        }
    }

    private long usedSince(Living page) {
        return used - page.usedBefore();
    }

    private boolean isThePage(long at, int role) {
        return Role.level(role) == level && Role.addressSpace(role) == 0 && at == (Role.direct(role) ? first() : gfn);
    }

    @Override
    public void getPage(long at, int role, int rootCount, boolean unsync, int generation, boolean created) {
        if (created && isThePage(at, role)) {
            living.put(role & ~Role.INVALID, new Living(clock(), used));
        }
    }

    @Override
    public void prepareZapPage(long at, int role, int rootCount, boolean unsync, int generation) {
        Cause cause = cause();
        zaps.merge(at << 3 | Role.level(role), 1L, Long::sum);
        Living page = isThePage(at, role) ? living.remove(role & ~Role.INVALID) : null;
        if (page != null && machine != null) {
            lives.add(
                    new Life(role & ~Role.INVALID, page.made(), clock(), cause, usedSince(page), machine.usedPages()));
        }
    }

    private long clock() {
        return drive == null ? 0 : drive.clock();
    }

    /** What went on before this fault does not explain the zaps after it. */
    @Override
    public void pageFault(int vcpu, long rip, long address, long error) {
        cause();
        if (machine != null) {
            slotsAsked = machine.decisions().asked(Decision.MEMSLOT_ZAP);
            guestWrites = guestWrites(machine);
            reclaiming = false;
        }
    }

    /** Writes to tables that were emulated (EM-12), and faults that could not be mended otherwise (PF-4, ZAP-30). */
    private static long guestWrites(TrialMachine machine) {
        return machine.counters().get(Counter.MMU_PTE_WRITE)
                + machine.counters().get(Counter.PF_EMULATE);
    }

    /**
     * Why a page goes now. Reclaim asks for each victim just before it is zapped, and counts what it took when it is done;
     * memslots and children are asked for before anything goes.
     */
    private Cause cause() {
        if (machine == null) {
            return Cause.OTHER;
        }
        long order = machine.decisions().asked(Decision.RECLAIM_ORDER);
        long children = machine.decisions().asked(Decision.CHILD_ZAP);
        reclaiming = order > orderAsked || reclaiming && machine.reclaimed() == reclaimed;
        boolean child = children > childrenAsked;
        orderAsked = order;
        childrenAsked = children;
        reclaimed = machine.reclaimed();
        if (reclaiming) {
            return Cause.RECLAIM;
        }
        if (machine.decisions().asked(Decision.MEMSLOT_ZAP) > slotsAsked) {
            return Cause.MEMSLOT;
        }
        if (guestWrites(machine) > guestWrites) {
            return Cause.GUEST_WRITE;
        }
        return child ? Cause.LAST_PARENT : Cause.OTHER;
    }
}
