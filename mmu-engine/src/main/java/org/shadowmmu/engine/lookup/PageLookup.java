package org.shadowmmu.engine.lookup;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.engine.era.PageRules;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuMode;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.sync.Synchronizer;
import org.shadowmmu.engine.tdp.WriteProtection;
import org.shadowmmu.engine.zap.Zapper;

/** Finds the shadow page of a frame and role or creates it (SP-12 to SP-17), and links it to its parent (SP-20 to SP-22). */
public final class PageLookup {
    private final MmuCore core;
    private final Zapper zapper;
    private final Synchronizer synchronizer;
    private final WriteProtection protection;
    private final PageRules rules;
    private final InvalidList list = new InvalidList();
    private boolean sawUnsync;

    /** Makes the lookup of a virtual machine. */
    public PageLookup(MmuCore core, Zapper zapper, Synchronizer synchronizer, WriteProtection protection) {
        this.protection = protection;
        this.core = core;
        this.rules = core.options.era().pages();
        this.zapper = zapper;
        this.synchronizer = synchronizer;
    }

    /**
     * Finds the page, or creates it empty.
     *
     * @param mode what the virtual CPU shadows
     * @param vcpu the virtual CPU that wants it
     */
    public ShadowPage get(long gfn, int role, MmuMode mode, int vcpu) {
        sawUnsync = false;
        ShadowPage found = find(gfn, role, mode);
        boolean created = found == null;
        if (created && sawUnsync && rules.newDirectorySyncs()) {
            synchronizer.syncFrame(gfn, mode, list);
            core.requests.raise(vcpu, VcpuRequests.TLB_FLUSH_CURRENT);
        }
        if (created) {
            core.counters.add(Counter.MMU_CACHE_MISS, 1);
        }
        zapper.commit(list);
        ShadowPage page = found != null ? found : create(gfn, role);
        core.events.getPage(page.gfn, page.role, page.rootCount, page.unsync, page.generation, created);
        if (!created) {
            core.policies.pageFoundAgain(page);
            if (page.unsyncChildren > 0 && rules.hitRequestsSync()) {
                core.requests.raise(vcpu, VcpuRequests.MMU_SYNC);
            }
        }
        return page;
    }

    private @Nullable ShadowPage find(long gfn, int role, MmuMode mode) {
        int collisions = 0;
        int steps = 0;
        ShadowPage found = null;
        for (ShadowPage page = core.pages.chain(gfn); page != null; page = core.pages.nextInChain(page)) {
            steps++;
            if (page.obsolete()) {
                continue;
            }
            if (page.gfn != gfn) {
                collisions++;
                continue;
            }
            if (page.role != role) {
                if (Role.level(role) > 1 && page.unsync) {
                    sawUnsync = true;
                    if (!rules.newDirectorySyncs()) {
                        zapper.prepare(page, list);
                    }
                }
                continue;
            }
            found = hit(page, mode);
            break;
        }
        core.work.add(WorkCounter.CHAIN_STEPS, steps);
        core.counters.max(Counter.MAX_MMU_PAGE_HASH_COLLISIONS, collisions);
        return found;
    }

    private @Nullable ShadowPage hit(ShadowPage page, MmuMode mode) {
        if (Role.direct(page.role)) {
            return page;
        }
        if (page.unsync) {
            int result = synchronizer.syncContents(page, mode);
            if (result == Synchronizer.FAILED) {
                zapper.prepare(page, list);
                return null;
            }
            if (result == Synchronizer.CHANGED) {
                core.requests.remoteFlush();
            }
        }
        page.writeFlooding = 0;
        return page;
    }

    private ShadowPage create(long gfn, int role) {
        ShadowPage page = core.pages.create(gfn, role);
        core.policies.pageCreated(page);
        if (Role.hasGptes(role)) {
            account(page);
        }
        return page;
    }

    /** Protects the guest table that a new page mirrors (SP-16). */
    private void account(ShadowPage page) {
        core.pages.countIndirect(1);
        Memslot slot = core.memslots.find(Role.addressSpace(page.role), page.gfn);
        if (slot == null) {
            return;
        }
        slot.countTable(page.gfn, page.level(), 1);
        if (protection.protectGuestTable(slot, page.gfn, 1)) {
            core.requests.remoteFlush();
        }
    }

    /** The child that an entry links, if it is the wanted one (SP-21); null otherwise. */
    public @Nullable ShadowPage linkedChild(ShadowPage parent, int index, long gfn, int role) {
        long spte = parent.spt[index];
        if (!Spte.presentNonLeaf(spte, parent.level())) {
            return null;
        }
        ShadowPage child = core.pages.child(spte);
        return rules.anyLinkedChildServes() || child.gfn == gfn && child.role == role ? child : null;
    }

    /** Makes an entry lead to a child; what it held is zapped first (SP-22). */
    public void link(ShadowPage parent, int index, ShadowPage child) {
        core.lock.looked(1);
        if (Spte.present(parent.spt[index])) {
            zapper.zapEntry(parent, index, list, UnlinkCause.ENTRY_REPLACED);
            zapper.commitOrFlush(list, true);
        }
        parent.spt[index] = Spte.nonLeaf(child.id, (child.role & Role.AD_DISABLED) != 0);
        PteLists lists = core.pages.lists();
        child.parents = lists.add(child.parents, PteLists.entry(parent.id, index));
        core.policies.pageLinked(parent, child);
        if (child.unsync || child.unsyncChildren > 0) {
            core.unsync.mark(parent, index);
        }
    }
}
