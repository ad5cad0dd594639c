package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.vcpu.GuestEntry;

/** What is asked of virtual CPUs, serviced at their next entry, and how flushes count (VC-20 to VC-24, VC-30 to VC-33). */
class RequestsTest {
    private final TestMachine machine = new TestMachine(MmuOptions.tdp(), 2, PolicyRuntime.upstream());
    private final VcpuRequests requests = machine.core.requests;

    @BeforeEach
    void bothRun() {
        machine.slot(0, 0, 0x100);
        enter(0);
        enter(1);
    }

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    private void enter(int vcpu) {
        assertThat(machine.vm.vcpu(vcpu).enter()).isEqualTo(GuestEntry.Result.ENTERED);
        assertThat(requests.any(vcpu)).isFalse();
    }

    private long flushesOf(int vcpu) {
        return machine.vm.counters().get(Counter.TLB_FLUSH, vcpu);
    }

    /** VC-21: the flush of a root load does not count. */
    @Test
    void loadingARootIsNotCountedAsAFlush() {
        assertThat(flushesOf(0)).isZero();
        assertThat(flushesOf(1)).isZero();
    }

    /** VC-30: every virtual CPU, one's own too; any number of requests become one flush. */
    @Test
    void remoteFlushesCollectUntilTheNextEntry() {
        requests.remoteFlush();
        requests.remoteFlush();
        requests.remoteFlush();
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(3);

        enter(0);
        enter(0);
        enter(1);

        assertThat(flushesOf(0)).isOne();
        assertThat(flushesOf(1)).isOne();
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH))
                .as("nobody is interrupted")
                .isZero();
    }

    /** VC-20: a full flush makes one of the current context needless. */
    @Test
    void fullFlushCancelsThatOfTheCurrentContext() {
        requests.raise(0, VcpuRequests.TLB_FLUSH | VcpuRequests.TLB_FLUSH_CURRENT);
        enter(0);
        assertThat(flushesOf(0)).isOne();

        requests.raise(0, VcpuRequests.TLB_FLUSH_CURRENT);
        enter(0);
        assertThat(flushesOf(0)).isEqualTo(2);
    }

    /** VC-20, VC-22: a flush for the guest counts by itself. */
    @Test
    void flushForTheGuestCountsToo() {
        requests.raise(0, VcpuRequests.TLB_FLUSH | VcpuRequests.TLB_FLUSH_GUEST);
        enter(0);

        assertThat(flushesOf(0)).isEqualTo(2);
        assertThat(flushesOf(1)).isZero();
    }

    /** VC-20: nothing to do with two-dimensional paging, and no flush. */
    @Test
    void syncAndLoadRequestsCostNothingHere() {
        requests.raise(0, VcpuRequests.MMU_SYNC | VcpuRequests.LOAD_MMU_PGD);
        machine.events.clear();
        enter(0);

        assertThat(flushesOf(0)).isZero();
        assertThat(machine.events.take()).isEmpty();
    }

    /** VC-24: only obsolete roots go. */
    @Test
    void currentRootSurvivesTheRequestToFreeObsoleteOnes() {
        machine.events.clear();
        requests.raiseAll(VcpuRequests.FREE_OBSOLETE_ROOTS);
        enter(0);
        enter(1);

        assertThat(machine.events.take()).isEmpty();
    }

    /** VC-20, ZAP-8, VC-30: each virtual CPU frees the root it held; the last one's commit flushes both. */
    @Test
    void obsoleteRootsAreFreedOnePerEntry() {
        machine.slot(1, 0x1000, 0x10);
        machine.delete(1);
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        enter(0);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes);
        enter(1);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
        enter(0);

        assertThat(flushesOf(1)).isOne();
        assertThat(flushesOf(0)).as("by the second one's commit").isOne();
    }

    /** VC-4, VC-23, SP-33: a context that is set up anew lets its roots go; a valid root stays cached. */
    @Test
    void resetContextFindsItsRootAgain() {
        machine.events.clear();
        var vcpu = machine.vm.vcpu(0);
        vcpu.registers().setAll(vcpu.state(), 0x80010033L, 0x1000, 0x6b0, 0xd00);
        assertThat(vcpu.state().roots().current().valid()).isFalse();

        enter(0);

        assertThat(machine.events.take()).containsExactly("get 0 l4 root 1 existing");
    }
}
