package org.shadowmmu.lab.ab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.trial.AccessStream;
import org.shadowmmu.lab.trial.EngineMachine;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.ReplayException;
import org.shadowmmu.lab.workload.SlotChange;
import org.shadowmmu.lab.workload.StreamReplay;
import org.shadowmmu.lab.workload.StreamVisitor;

/**
 * The life of one shadow page in a replay: when it was made, when and why it was zapped, and when the guest needed it again.
 * All pages of the same level and guest frames count as the same page.
 */
public final class PageHistory implements MmuEvents, StreamVisitor {
    /** Why a page was zapped. */
    public enum Cause {
        /** The quota was used up, and the order of reclaim named the page, or a page that takes it along. */
        RECLAIM,
        /** A memslot was changed or deleted. */
        MEMSLOT,
        /** Anything else: a root that nobody uses any more. */
        OTHER
    }

    /**
     * One life of the page.
     *
     * @param made instruction at which it was made, all virtual CPUs together
     * @param zapped instruction at which it was zapped, -1 if it still lives
     * @param cause why it was zapped
     * @param used accesses to its guest pages while it lived; counted for leaf tables only
     * @param pages shadow pages in use when it was zapped
     */
    public record Life(long made, long zapped, Cause cause, long used, long pages) {}

    /** How often the page of a level that begins at a guest frame was zapped. */
    public record Zaps(long gfn, int level, long zapped) {}

    private final long gfn;
    private final int level;
    private final List<Life> lives = new ArrayList<>();
    private final Map<Long, Long> zaps = new TreeMap<>();
    private final StreamReplay replay;
    private final EngineMachine machine;
    private long clock;
    private boolean slotChanges;
    private boolean alive;
    private long made;
    private long used;
    private int firstOpen;
    private long reclaimedBefore;

    private PageHistory(AccessStream stream, Contender contender, long quota, long seed, long gfn, int level) {
        this.level = level;
        this.gfn = gfn >>> 9 * level << 9 * level;
        machine = EngineMachine.listenedTo(
                Host.DEFAULT,
                PolicyAssignment.of(contender.choice()),
                Math.max(1, stream.survey().vcpus()),
                seed,
                new Forward(this));
        if (quota > 0 && machine.setQuota(quota) != 0) {
            throw new ReplayException("The virtual machine refused the quota " + quota + ".");
        }
        replay = new StreamReplay(machine, stream.survey(), false, Region.WHOLE, accesses -> {});
    }

    /**
     * Replays a stream and follows one page.
     *
     * @param quota shadow pages allowed, 0 for the default
     * @param gfn any guest frame below the page
     * @param level level of the page, 1 for a leaf table
     */
    public static PageHistory of(AccessStream stream, Contender contender, long quota, long seed, long gfn, int level) {
        PageHistory history = new PageHistory(stream, contender, quota, seed, gfn, level);
        stream.source().withSeed(seed).read(history);
        if (history.alive) {
            history.lives.add(new Life(history.made, -1, Cause.OTHER, history.used, 0));
        }
        return history;
    }

    /** The lives of the page in order. */
    public List<Life> lives() {
        return List.copyOf(lives);
    }

    /** The first guest frame of the page. */
    public long gfn() {
        return gfn;
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

    @Override
    public void slotChange(SlotChange change) {
        slotChanges = true;
        replay.slotChange(change);
        slotChanges = false;
    }

    @Override
    public void windowBegins(int vcpu, long instructions, long accesses) {
        clock += instructions;
        replay.windowBegins(vcpu, instructions, accesses);
    }

    @Override
    public void access(EntryKind kind, long accessed) {
        firstOpen = lives.size();
        reclaimedBefore = machine.reclaimed();
        replay.access(kind, accessed);
        for (int i = firstOpen; i < lives.size() && machine.reclaimed() == reclaimedBefore; i++) {
            Life life = lives.get(i);
            lives.set(i, new Life(life.made(), life.zapped(), Cause.OTHER, life.used(), life.pages()));
        }
        if (alive && level == 1 && accessed >>> 9 == gfn >>> 9) {
            used++;
        }
    }

    @Override
    public void dirtyLogRead(long first, long pages) {
        replay.dirtyLogRead(first, pages);
    }

    @Override
    public void windowEnds() {
        replay.windowEnds();
    }

    @Override
    public void getPage(long at, int role, int rootCount, boolean unsync, int generation, boolean created) {
        if (created && at == gfn && Role.level(role) == level && Role.addressSpace(role) == 0) {
            alive = true;
            made = clock;
            used = 0;
        }
    }

    @Override
    public void prepareZapPage(long at, int role, int rootCount, boolean unsync, int generation) {
        int of = Role.level(role);
        zaps.merge(at << 3 | of, 1L, Long::sum);
        if (alive && at == gfn && of == level && Role.addressSpace(role) == 0) {
            alive = false;
            Cause cause = slotChanges ? Cause.MEMSLOT : Cause.RECLAIM;
            lives.add(new Life(made, clock, cause, used, machine.usedPages()));
        }
    }

    /** Lets the machine be made before the history is complete. */
    private static final class Forward implements MmuEvents {
        private final PageHistory history;

        Forward(PageHistory history) {
            this.history = history;
        }

        @Override
        public void getPage(long gfn, int role, int rootCount, boolean unsync, int generation, boolean created) {
            history.getPage(gfn, role, rootCount, unsync, generation, created);
        }

        @Override
        public void prepareZapPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
            history.prepareZapPage(gfn, role, rootCount, unsync, generation);
        }
    }
}
