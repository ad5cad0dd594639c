package org.shadowmmu.engine.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ChildZap;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.RootZap;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.engine.event.Work;

/**
 * The policies of one virtual machine, as the engine sees them: the one place where foreign code is called.
 *
 * <p>Every call is guarded. What a policy throws, and every answer that its contract forbids, becomes a {@link
 * PolicyFailure}, after which this runtime must not be used again; so the engine checks no answer. One virtual machine is
 * one thread. Nothing is allocated in the steady state. A hook that no policy overrides costs one test of an array length.
 *
 * <p>The engine must report every legacy MMU page with {@link #pageCreated} and {@link #pageZapped}, for these say which
 * pages exist.
 */
public final class PolicyRuntime {
    private static final int RECLAIM = Decision.RECLAIM_ORDER.ordinal();
    private static final int CHILD = Decision.CHILD_ZAP.ordinal();
    private static final int MEMSLOT = Decision.MEMSLOT_ZAP.ordinal();
    private static final int ROOT = Decision.ROOT_ZAP.ordinal();

    private static final int PAGE_CREATED = Hook.PAGE_CREATED.ordinal();
    private static final int PAGE_FOUND_AGAIN = Hook.PAGE_FOUND_AGAIN.ordinal();
    private static final int PAGE_LINKED = Hook.PAGE_LINKED.ordinal();
    private static final int PAGE_UNLINKED = Hook.PAGE_UNLINKED.ordinal();
    private static final int LEAF_INSTALLED = Hook.LEAF_INSTALLED.ordinal();
    private static final int ACCESSED_BIT_SET = Hook.ACCESSED_BIT_SET.ordinal();
    private static final int PAGE_UNSYNCED = Hook.PAGE_UNSYNCED.ordinal();
    private static final int PAGE_SYNCED = Hook.PAGE_SYNCED.ordinal();
    private static final int WRITE_FLOODED = Hook.WRITE_FLOODED.ordinal();
    private static final int PAGE_ZAPPED = Hook.PAGE_ZAPPED.ordinal();
    private static final int SLOT_CHANGING = Hook.SLOT_CHANGING.ordinal();
    private static final int RECLAIM_BEGINS = Hook.RECLAIM_BEGINS.ordinal();
    private static final int RECLAIM_ENDS = Hook.RECLAIM_ENDS.ordinal();

    final LivePages pages = new LivePages();
    final Work work = new Work();
    final PolicyWatch watch;
    VmFacts facts = NoFacts.INSTANCE;
    private boolean creating = true;

    /** Who takes each decision. */
    private final PolicyInstance[] answering;
    /** Those that may keep something for a page. */
    private final PolicyInstance[] keeping;

    private final long[] asked = new long[Decision.values().length];
    private final LinkedPageQueue requestedZaps = new PageLinks(pages, new PolicyWatch(), new Work()).newQueue();

    private final ReclaimOrder reclaimOrder;
    private final boolean takesLiveRoots;
    private final ChildZap childZap;
    private final MemslotZap memslotZap;
    private final RootZap rootZap;

    private final PolicyInstance[] onPageCreated;
    private final PolicyInstance[] onPageFoundAgain;
    private final PolicyInstance[] onPageLinked;
    private final PolicyInstance[] onPageUnlinked;
    private final PolicyInstance[] onLeafInstalled;
    private final PolicyInstance[] onAccessedBitSet;
    private final PolicyInstance[] onPageUnsynced;
    private final PolicyInstance[] onPageSynced;
    private final PolicyInstance[] onWriteFlooded;
    private final PolicyInstance[] onPageZapped;
    private final PolicyInstance[] onSlotChanging;
    private final PolicyInstance[] onReclaimBegins;
    private final PolicyInstance[] onReclaimEnds;

    private PolicyRuntime(PolicyAssignment assignment, long seed, PolicyWatch watch) {
        this.watch = watch;
        PolicyMembers members = new PolicyMembers(this, assignment, seed);
        creating = false;

        answering = members.answering();
        keeping = members.active();
        reclaimOrder = members.implementation(Decision.RECLAIM_ORDER, ReclaimOrder.class);
        childZap = members.implementation(Decision.CHILD_ZAP, ChildZap.class);
        memslotZap = members.implementation(Decision.MEMSLOT_ZAP, MemslotZap.class);
        rootZap = members.implementation(Decision.ROOT_ZAP, RootZap.class);
        takesLiveRoots = askForLiveRoots();

        onPageCreated = members.listeners(Hook.PAGE_CREATED);
        onPageFoundAgain = members.listeners(Hook.PAGE_FOUND_AGAIN);
        onPageLinked = members.listeners(Hook.PAGE_LINKED);
        onPageUnlinked = members.listeners(Hook.PAGE_UNLINKED);
        onLeafInstalled = members.listeners(Hook.LEAF_INSTALLED);
        onAccessedBitSet = members.listeners(Hook.ACCESSED_BIT_SET);
        onPageUnsynced = members.listeners(Hook.PAGE_UNSYNCED);
        onPageSynced = members.listeners(Hook.PAGE_SYNCED);
        onWriteFlooded = members.listeners(Hook.WRITE_FLOODED);
        onPageZapped = members.listeners(Hook.PAGE_ZAPPED);
        onSlotChanging = members.listeners(Hook.SLOT_CHANGING);
        onReclaimBegins = members.listeners(Hook.RECLAIM_BEGINS);
        onReclaimEnds = members.listeners(Hook.RECLAIM_ENDS);
    }

    /** The runtime of a machine without third-party policy: Linux 6.1 in everything. */
    public static PolicyRuntime upstream() {
        return new PolicyRuntime(PolicyAssignment.UPSTREAM, 0, new PolicyWatch());
    }

    /**
     * Creates the policies of one virtual machine.
     *
     * @param assignment who takes which decision
     * @param seed the seed of the virtual machine; each policy draws its own numbers from it, whatever the others do
     * @throws PolicyFailure if a policy cannot be created or lacks the interface of a decision its descriptor names
     */
    public static PolicyRuntime create(PolicyAssignment assignment, long seed) {
        return create(assignment, seed, new PolicyWatch());
    }

    /** As {@link #create(PolicyAssignment, long)}, under a watch that no other runtime has. */
    public static PolicyRuntime create(PolicyAssignment assignment, long seed, PolicyWatch watch) {
        return new PolicyRuntime(assignment, seed, watch);
    }

    /** What the policies are doing now. */
    public PolicyWatch watch() {
        return watch;
    }

    /** The work of the machine; what policies do to their queues is part of it. */
    public Work work() {
        return work;
    }

    /** Whether policies are still being created. */
    boolean creating() {
        return creating;
    }

    /**
     * Connects the runtime with its virtual machine, which is built after it; until then every fact is 0. Call it once,
     * before the first page is created.
     */
    public void bind(VmFacts facts) {
        if (this.facts != NoFacts.INSTANCE) {
            throw new IllegalStateException("a policy runtime belongs to one virtual machine");
        }
        this.facts = facts;
        watch.bind(facts);
    }

    private boolean askForLiveRoots() {
        PolicyInstance member = answering[RECLAIM];
        boolean answer;
        watch.enter(member.number, PolicyWatch.DECISIONS + RECLAIM);
        try {
            answer = reclaimOrder.takesLiveRoots();
        } catch (Throwable t) {
            throw member.threw(PolicyWatch.DECISIONS + RECLAIM, t);
        }
        watch.leave();
        return answer;
    }

    long eventNumber() {
        return facts.eventNumber();
    }

    /** Whether upstream takes a decision; what that means then depends on the kernel that is simulated. */
    public boolean upstreamTakes(Decision decision) {
        return answering[decision.ordinal()].choice.descriptor() == UpstreamRules.DESCRIPTOR;
    }

    /** Counts a decision that the engine took because upstream takes it and no policy can. */
    public void countUpstream(Decision decision) {
        asked[decision.ordinal()]++;
    }

    /**
     * The page that comes first in the queues of the policy that orders reclaim, oldest first in each queue and the queues as
     * the policy made them; null if they are empty.
     */
    public @Nullable ShadowPageView firstInReclaimQueues() {
        return answering[RECLAIM].firstQueued();
    }

    /** The page that comes after another in the queues of the policy that orders reclaim; null at the end. */
    public @Nullable ShadowPageView nextInReclaimQueues(ShadowPageView page) {
        return answering[RECLAIM].nextQueued(page);
    }

    // ---- decisions -------------------------------------------------------------------------------------------------

    /** Reclaim begins (ZAP-20); {@code wanted} counts as ZAP-3 counts. */
    public void reclaimBegins(int wanted) {
        for (PolicyInstance member : onReclaimBegins) {
            watch.enter(member.number, RECLAIM_BEGINS);
            try {
                member.policy.reclaimBegins(wanted);
            } catch (Throwable t) {
                throw member.threw(RECLAIM_BEGINS, t);
            }
            watch.leave();
        }
    }

    /**
     * The next page to reclaim: live, and no live root unless the policy said at its creation that it takes those. Call it only while at least one such page exists.
     *
     * @throws PolicyFailure if the policy names none, or one that may not be taken
     */
    public ShadowPageView nextVictim() {
        asked[RECLAIM]++;
        PolicyInstance member = answering[RECLAIM];
        @Nullable ShadowPageView victim;
        @Nullable String objection;
        watch.enter(member.number, PolicyWatch.DECISIONS + RECLAIM);
        try {
            victim = reclaimOrder.nextVictim();
            objection = objectionTo(victim);
            if (victim != null && objection == null) {
                watch.answered(victim.creationNumber());
            }
        } catch (Throwable t) {
            throw member.threw(PolicyWatch.DECISIONS + RECLAIM, t);
        }
        if (victim == null || objection != null) {
            throw member.failure(PolicyWatch.DECISIONS + RECLAIM, "returned " + objection);
        }
        watch.leave();
        return victim;
    }

    /** What is wrong with a victim, null if nothing. Runs inside the guard, for a foreign view is foreign code. */
    private @Nullable String objectionTo(@Nullable ShadowPageView victim) {
        if (victim == null) {
            return "null instead of a victim";
        }
        if (pages.contains(victim)) {
            return victim.liveRoot() && !takesLiveRoots ? "a live root as victim" : null;
        }
        return pages.wasZapped(victim)
                ? "a page as victim that was already zapped"
                : "a page as victim that is none of this virtual machine";
    }

    /** Reclaim ended; {@code reclaimed} counts as ZAP-3 counts. */
    public void reclaimEnds(int reclaimed) {
        for (PolicyInstance member : onReclaimEnds) {
            watch.enter(member.number, RECLAIM_ENDS);
            try {
                member.policy.reclaimEnds(reclaimed);
            } catch (Throwable t) {
                throw member.threw(RECLAIM_ENDS, t);
            }
            watch.leave();
        }
    }

    /** Whether a child that lost its last parent is zapped now. A live root never is, and no policy is asked for one. */
    public boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause) {
        if (child.liveRoot()) {
            return false;
        }
        asked[CHILD]++;
        PolicyInstance member = answering[CHILD];
        boolean answer;
        watch.enter(member.number, PolicyWatch.DECISIONS + CHILD);
        try {
            answer = childZap.zapWithLastParent(child, tdpEnabled, cause);
            watch.answered(answer ? 1 : 0);
        } catch (Throwable t) {
            throw member.threw(PolicyWatch.DECISIONS + CHILD, t);
        }
        watch.leave();
        return answer;
    }

    /** How much a deletion or move of a memslot zaps. */
    public MemslotZapScope memslotZapScope(MemslotChange change) {
        asked[MEMSLOT]++;
        PolicyInstance member = answering[MEMSLOT];
        @Nullable MemslotZapScope scope;
        watch.enter(member.number, PolicyWatch.DECISIONS + MEMSLOT);
        try {
            scope = memslotZap.scope(change);
            watch.answered(scope == null ? -1 : scope.ordinal());
        } catch (Throwable t) {
            throw member.threw(PolicyWatch.DECISIONS + MEMSLOT, t);
        }
        if (scope == null) {
            throw member.failure(PolicyWatch.DECISIONS + MEMSLOT, "returned null instead of a scope");
        }
        watch.leave();
        return scope;
    }

    /** In which order a root of the TDP MMU is torn down. */
    public RootZapOrder rootZapOrder(int rootLevel, int addressSpace) {
        asked[ROOT]++;
        PolicyInstance member = answering[ROOT];
        @Nullable RootZapOrder order;
        watch.enter(member.number, PolicyWatch.DECISIONS + ROOT);
        try {
            order = rootZap.order(rootLevel, addressSpace);
            watch.answered(order == null ? -1 : order.ordinal());
        } catch (Throwable t) {
            throw member.threw(PolicyWatch.DECISIONS + ROOT, t);
        }
        if (order == null) {
            throw member.failure(PolicyWatch.DECISIONS + ROOT, "returned null instead of an order");
        }
        watch.leave();
        return order;
    }

    // ---- hooks -----------------------------------------------------------------------------------------------------

    /** A page was created; its id is free until now. */
    public void pageCreated(ShadowPageView page) {
        pages.add(page);
        for (PolicyInstance member : onPageCreated) {
            watch.enter(member.number, PAGE_CREATED);
            try {
                member.policy.pageCreated(page);
            } catch (Throwable t) {
                throw member.threw(PAGE_CREATED, t);
            }
            watch.leave();
        }
    }

    /** A lookup found an existing page. */
    public void pageFoundAgain(ShadowPageView page) {
        for (PolicyInstance member : onPageFoundAgain) {
            watch.enter(member.number, PAGE_FOUND_AGAIN);
            try {
                member.policy.pageFoundAgain(page);
            } catch (Throwable t) {
                throw member.threw(PAGE_FOUND_AGAIN, t);
            }
            watch.leave();
        }
    }

    /** An SPTE of {@code parent} now points to {@code child}. */
    public void pageLinked(ShadowPageView parent, ShadowPageView child) {
        for (PolicyInstance member : onPageLinked) {
            watch.enter(member.number, PAGE_LINKED);
            try {
                member.policy.pageLinked(parent, child);
            } catch (Throwable t) {
                throw member.threw(PAGE_LINKED, t);
            }
            watch.leave();
        }
    }

    /** An SPTE of {@code parent} no longer points to {@code child}. */
    public void pageUnlinked(ShadowPageView parent, ShadowPageView child) {
        for (PolicyInstance member : onPageUnlinked) {
            watch.enter(member.number, PAGE_UNLINKED);
            try {
                member.policy.pageUnlinked(parent, child);
            } catch (Throwable t) {
                throw member.threw(PAGE_UNLINKED, t);
            }
            watch.leave();
        }
    }

    /** Whether any policy hears {@link #leafInstalled}; constant, so that a hot path can skip the call. */
    public boolean hearsLeafInstalled() {
        return onLeafInstalled.length != 0;
    }

    /** A leaf SPTE was installed or changed. */
    public void leafInstalled(ShadowPageView page, int index, boolean prefetched) {
        for (PolicyInstance member : onLeafInstalled) {
            watch.enter(member.number, LEAF_INSTALLED);
            try {
                member.policy.leafInstalled(page, index, prefetched);
            } catch (Throwable t) {
                throw member.threw(LEAF_INSTALLED, t);
            }
            watch.leave();
        }
    }

    /** Whether any policy hears {@link #accessedBitSet}; constant, so that a hot path can skip the call. */
    public boolean hearsAccessedBit() {
        return onAccessedBitSet.length != 0;
    }

    /** The processor set the accessed bit of a leaf SPTE that had it clear. */
    public void accessedBitSet(ShadowPageView page, int index) {
        for (PolicyInstance member : onAccessedBitSet) {
            watch.enter(member.number, ACCESSED_BIT_SET);
            try {
                member.policy.accessedBitSet(page, index);
            } catch (Throwable t) {
                throw member.threw(ACCESSED_BIT_SET, t);
            }
            watch.leave();
        }
    }

    /** The page became unsync. */
    public void pageUnsynced(ShadowPageView page) {
        for (PolicyInstance member : onPageUnsynced) {
            watch.enter(member.number, PAGE_UNSYNCED);
            try {
                member.policy.pageUnsynced(page);
            } catch (Throwable t) {
                throw member.threw(PAGE_UNSYNCED, t);
            }
            watch.leave();
        }
    }

    /** The page is no longer unsync. */
    public void pageSynced(ShadowPageView page) {
        for (PolicyInstance member : onPageSynced) {
            watch.enter(member.number, PAGE_SYNCED);
            try {
                member.policy.pageSynced(page);
            } catch (Throwable t) {
                throw member.threw(PAGE_SYNCED, t);
            }
            watch.leave();
        }
    }

    /** Emulated writes flooded the page. */
    public void writeFlooded(ShadowPageView page) {
        for (PolicyInstance member : onWriteFlooded) {
            watch.enter(member.number, WRITE_FLOODED);
            try {
                member.policy.writeFlooded(page);
            } catch (Throwable t) {
                throw member.threw(WRITE_FLOODED, t);
            }
            watch.leave();
        }
    }

    /** The page is being zapped; once this returns its id may be given to a new page. Call it once per page. */
    public void pageZapped(ShadowPageView page) {
        for (PolicyInstance member : onPageZapped) {
            watch.enter(member.number, PAGE_ZAPPED);
            try {
                member.policy.pageZapped(page);
            } catch (Throwable t) {
                throw member.threw(PAGE_ZAPPED, t);
            }
            watch.leave();
        }
        int id = page.id();
        for (PolicyInstance member : keeping) {
            member.forget(id);
        }
        if (!requestedZaps.isEmpty()) {
            requestedZaps.remove(page);
        }
        pages.remove(page);
    }

    /** A memslot is about to change; nothing is zapped for it yet. */
    public void slotChanging(MemslotChange change) {
        for (PolicyInstance member : onSlotChanging) {
            watch.enter(member.number, SLOT_CHANGING);
            try {
                member.policy.slotChanging(change);
            } catch (Throwable t) {
                throw member.threw(SLOT_CHANGING, t);
            }
            watch.leave();
        }
    }

    // ---- requests and reports --------------------------------------------------------------------------------------

    void requestZap(ShadowPageView page) {
        pages.idOf(page);
        watch.answered(~page.creationNumber());
        if (!requestedZaps.contains(page)) {
            requestedZaps.addYoungest(page);
        }
    }

    /**
     * Takes the next page that a policy asked to have zapped, in the order of the requests, each page once; null if there
     * is none. Pages zapped meanwhile and live roots are passed over.
     */
    public @Nullable ShadowPageView pollRequestedZap() {
        for (ShadowPageView page = requestedZaps.oldest(); page != null; page = requestedZaps.oldest()) {
            requestedZaps.remove(page);
            if (!page.liveRoot()) {
                return page;
            }
        }
        return null;
    }

    /** How often each decision was asked for until now, and who answered. */
    public DecisionCounts counts() {
        List<DecisionCounts.Answers> answers = new ArrayList<>();
        for (Decision decision : Decision.values()) {
            PolicyChoice choice = answering[decision.ordinal()].choice;
            answers.add(new DecisionCounts.Answers(decision, choice.id(), choice.origin(), asked[decision.ordinal()]));
        }
        return new DecisionCounts(answers);
    }
}
