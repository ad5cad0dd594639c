package org.shadowmmu.engine.shadow;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.engine.event.EventStream;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.lock.Interleaving;
import org.shadowmmu.engine.lock.MmuLock;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.HostMemory;
import org.shadowmmu.engine.memory.MemslotTable;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.request.VcpuRequests;

/** The state of one virtual machine that every part of its MMU works on. One thread owns all of it. */
public final class MmuCore {
    public final MmuOptions options;
    public final PolicyRuntime policies;
    public final EventStream events;
    public final Counters counters;
    public final VcpuRequests requests;
    public final MmuLock lock = new MmuLock();
    public final HostMemory host = new HostMemory();
    public final MemslotTable memslots = new MemslotTable();
    public final GuestMemory memory = new GuestMemory(memslots, host);
    public final Work work;
    public final ShadowPages pages;
    /** The roots of the TDP MMU, newest first (TDP-1). */
    public final List<ShadowPage> tdpRoots = new ArrayList<>();

    public final Rmaps rmaps;
    public final UnsyncTree unsync;
    public final LeafSptes leaves;

    /** Who acts in the middle of an operation. */
    public Interleaving interleaving = Interleaving.NONE;

    /** Makes an empty virtual machine. */
    public MmuCore(MmuOptions options, int vcpus, PolicyRuntime policies, EventStream events) {
        this.options = options;
        this.policies = policies;
        this.work = policies.work();
        this.pages = new ShadowPages(options.era().pages(), policies.watch(), work);
        this.events = events;
        this.counters = new Counters(vcpus);
        this.requests = new VcpuRequests(vcpus, counters);
        this.rmaps = new Rmaps(memslots, pages, counters, work, lock);
        this.unsync = new UnsyncTree(this);
        this.leaves = new LeafSptes(this);
    }
}
