package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shadowmmu.engine.testing.ShadowGuest.ALL;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.testing.ShadowGuest;

/**
 * The worked examples of shadow paging (EX-1 to EX-11), each from its own fresh guest. How to read an event:
 *
 * <ul>
 *   <li>{@code walk A error E}: the guest's tables are walked for address A, error code bits E (1 present, 2 write, 4 user,
 *       10 fetch); the entries read on the way are left out here
 *   <li>{@code get G lN new}: a shadow page of guest table G is made; {@code existing}: found
 *   <li>{@code requested G lN}, then {@code set G lN B}: frame G is mapped by a leaf with these bits
 *   <li>{@code unsync G}, {@code sync G}, {@code zap G}: as said, with the state before it
 * </ul>
 */
class ShadowExamplesTest {
    /** Leaf bits: writable, and used by the access that asked for it. */
    private static final String USED = "e67";

    /** Leaf bits: writable, not used yet. */
    private static final String PREFETCHED = "e47";

    /** Leaf bits: a guest table, so read-only, not used yet. */
    private static final String PROTECTED = "a05";

    /** Leaf bits: a guest table, so read-only, used. */
    private static final String PROTECTED_USED = "a25";

    private static final long PT_PAGE = 0x103000;
    private static final long PD_PAGE = 0x102000;

    private final ShadowGuest guest = new ShadowGuest();

    @AfterEach
    void theBooksAreInOrder() {
        guest.machine.audit();
    }

    /** The events since the last call, without the entries that walks read. */
    private List<String> events() {
        List<String> lines = new ArrayList<>(guest.machine.events.take());
        lines.removeIf(line -> line.startsWith("element"));
        return lines;
    }

    private long remoteFlushes() {
        return guest.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);
    }

    /** EX-1 and what it starts from. */
    private void start() {
        guest.read(0);
        events();
    }

    /** EX-3: the guest maps the last table writable, which makes it unsync. */
    private void startWritingTheTable() {
        start();
        guest.store(PT_PAGE + 0xff8, 0);
        events();
    }

    @Test
    void ex1TheFirstAccessBuildsTheWayAndMapsTheNeighbours() {
        assertThat(guest.read(0)).isEqualTo(VirtualAccessResult.FAULT);

        assertThat(guest.machine.events.take())
                .containsExactly(
                        "get 100 l4 new",
                        "fault 0 error 4",
                        "walk 0 error 4",
                        "element 101067 l4",
                        "element 102067 l3",
                        "element 103067 l2",
                        "element 200067 l1",
                        "get 101 l3 new",
                        "get 102 l2 new",
                        "get 103 l1 new",
                        "requested 200 l1",
                        "set 200 l1 " + USED,
                        "set 201 l1 " + PREFETCHED,
                        "set 202 l1 " + PREFETCHED,
                        "set 203 l1 " + PREFETCHED,
                        "set 204 l1 " + PREFETCHED,
                        "set 205 l1 " + PREFETCHED,
                        "set 206 l1 " + PREFETCHED,
                        "set 207 l1 " + PREFETCHED);
        assertThat(guest.stat(Counter.MMU_CACHE_MISS)).isEqualTo(4);
        assertThat(guest.machine.vm.usedPages()).isEqualTo(4);
        assertThat(guest.reached()).isEqualTo(0x200);
    }

    @Test
    void ex2ANeighbourIsMappedAlready() {
        start();

        assertThat(guest.read(0x1000)).isEqualTo(VirtualAccessResult.HIT);

        assertThat(events()).isEmpty();
        assertThat(guest.reached()).isEqualTo(0x201);
    }

    @Test
    void ex3AWriteToTheLastTableMakesItUnsync() {
        start();

        assertThat(guest.store(PT_PAGE + 0xff8, 0)).isEqualTo(VirtualAccessResult.FAULT);

        assertThat(events())
                .containsExactly(
                        "fault 103ff8 error 6",
                        "walk 103ff8 error 6",
                        "requested 103 l1",
                        "unsync 103 l1",
                        "set 103 l1 " + USED,
                        "set 100 l1 " + PROTECTED,
                        "set 101 l1 " + PROTECTED,
                        "set 102 l1 " + PROTECTED,
                        "set 104 l1 " + PREFETCHED,
                        "set 105 l1 " + PREFETCHED,
                        "set 106 l1 " + PREFETCHED,
                        "set 107 l1 " + PREFETCHED);
        assertThat(guest.stat(Counter.PF_FIXED)).isEqualTo(2);
        assertThat(guest.shadow(0x102, 2).unsyncChildren).isEqualTo(1);
        assertThat(guest.shadow(0x101, 3).unsyncChildren).isEqualTo(1);
        assertThat(guest.shadow(0x100, 4).unsyncChildren).isEqualTo(1);
    }

    @Test
    void ex4TheGuestChangesAnUnsyncTableBehindTheMmusBack() {
        startWritingTheTable();

        assertThat(guest.store(PT_PAGE, 0x300000 | ALL)).isEqualTo(VirtualAccessResult.HIT);
        assertThat(guest.read(0)).isEqualTo(VirtualAccessResult.HIT);

        assertThat(events()).isEmpty();
        assertThat(guest.reached()).as("stale, as on hardware").isEqualTo(0x200);
    }

    @Test
    void ex5InvlpgReadsTheOneEntryAgain() {
        startWritingTheTable();
        guest.store(PT_PAGE, 0x300000 | ALL);
        long before = remoteFlushes();

        guest.vcpu.invlpg(0);

        assertThat(events()).containsExactly("set 300 l1 " + PREFETCHED);
        assertThat(guest.stat(Counter.INVLPG)).isEqualTo(1);
        assertThat(remoteFlushes() - before).isEqualTo(1);
        assertThat(guest.shadow(0x103, 1).unsync).isTrue();
        assertThat(guest.read(0)).isEqualTo(VirtualAccessResult.HIT);
        assertThat(guest.reached()).isEqualTo(0x300);
    }

    @Test
    void ex6WritingTheSameCr3BringsAllInLine() {
        startWritingTheTable();
        guest.store(PT_PAGE, 0x300000 | ALL);
        guest.vcpu.invlpg(0);
        guest.vcpu.enter();
        events();
        long flushesBefore = guest.stat(Counter.TLB_FLUSH);
        long remoteBefore = remoteFlushes();

        guest.vcpu.writeCr3(0x100000);
        guest.vcpu.enter();

        assertThat(events()).containsExactly("sync 103 l1 unsync");
        assertThat(remoteFlushes() - remoteBefore)
                .as("one for the protection, one for the contents")
                .isEqualTo(2);
        assertThat(guest.stat(Counter.TLB_FLUSH) - flushesBefore).isEqualTo(1);
        assertThat(guest.stat(Counter.MMU_UNSYNC)).isZero();
        assertThat(guest.read(0)).isEqualTo(VirtualAccessResult.HIT);
        assertThat(guest.reached()).isEqualTo(0x300);
    }

    /** US-10, US-21a: the MMU lock is held, so a table whose host page is gone cannot be read, and its shadow goes. */
    @Test
    void anUnsyncTableThatTheHostTookAwayIsZappedBySynchronising() {
        startWritingTheTable();
        guest.machine.discard(0, 0x103, 1);
        events();

        guest.vcpu.writeCr3(0x100000);
        guest.vcpu.enter();

        assertThat(events()).containsExactly("sync 103 l1 unsync", "zap 103 l1");
        assertThat(guest.machine.backing(0).mapped(0x103)).isFalse();
        assertThat(guest.stat(Counter.MMU_UNSYNC)).isZero();
    }

    /** US-30: nor does INVLPG read it again. */
    @Test
    void invlpgReadsNoTableThatTheHostTookAway() {
        startWritingTheTable();
        guest.machine.discard(0, 0x103, 1);
        events();
        long before = remoteFlushes();

        guest.vcpu.invlpg(0);

        assertThat(events()).isEmpty();
        assertThat(guest.shadow(0x103, 1).spt[0]).isZero();
        assertThat(remoteFlushes() - before).isEqualTo(1);
        assertThat(guest.machine.backing(0).mapped(0x103)).isFalse();
    }

    @Test
    void ex7AWriteToADirectoryIsEmulated() {
        startWritingTheTable();
        guest.vcpu.writeCr3(0x100000);
        guest.vcpu.enter();
        events();
        long before = remoteFlushes();

        assertThat(guest.store(PD_PAGE, 0x103000 | ALL)).isEqualTo(VirtualAccessResult.FAULT);

        assertThat(events())
                .containsExactly(
                        "fault 102000 error 7", "walk 102000 error 7", "walk 50000 error 14", "walk 102000 error 6");
        assertThat(remoteFlushes() - before).isEqualTo(1);
        assertThat(guest.stat(Counter.PF_EMULATE)).isEqualTo(1);
        assertThat(guest.stat(Counter.MMU_PTE_WRITE)).isEqualTo(1);
        assertThat(guest.stat(Counter.MMU_PDE_ZAPPED)).isEqualTo(1);
        assertThat(guest.shadow(0x102, 2).writeFlooding).isEqualTo(1);
        assertThat(guest.shadow(0x102, 2).spt[0]).isZero();
    }

    @Test
    void ex7AWriteToADirectoryThatIsNotMappedYetMapsItReadOnlyFirst() {
        start();

        assertThat(guest.store(PD_PAGE, 0x103000 | ALL)).isEqualTo(VirtualAccessResult.FAULT);

        assertThat(events())
                .containsExactly(
                        "fault 102000 error 6",
                        "walk 102000 error 6",
                        "requested 102 l1",
                        "set 102 l1 " + PROTECTED_USED,
                        "set 100 l1 " + PROTECTED,
                        "set 101 l1 " + PROTECTED,
                        "set 103 l1 " + PROTECTED,
                        "set 104 l1 " + PREFETCHED,
                        "set 105 l1 " + PREFETCHED,
                        "set 106 l1 " + PREFETCHED,
                        "set 107 l1 " + PREFETCHED,
                        "walk 50000 error 14",
                        "walk 102000 error 6");
        assertThat(guest.stat(Counter.PF_EMULATE)).isEqualTo(1);
    }

    /** The counter of a table that is written through itself never gets beyond 1, see EX-7. */
    @Test
    void ex7TheThirdWriteThroughAnotherDirectoryZapsTheFloodedOne() {
        guest.entry(0x101, 1, 0x112, ALL);
        guest.entry(0x112, 0, 0x113, ALL);
        guest.entry(0x113, 0, 0x102, ALL);
        long alias = 1L << 30;
        start();
        guest.read(alias);
        events();

        for (int i = 0; i < 3; i++) {
            guest.store(alias + 0x800, i + 1);
        }

        assertThat(events().stream().filter(line -> line.startsWith("zap")).toList())
                .containsExactly("zap 102 l2");
        assertThat(guest.stat(Counter.MMU_FLOODED)).isEqualTo(1);
        assertThat(guest.stat(Counter.MMU_PTE_WRITE)).isEqualTo(3);
    }

    @Test
    void ex8AnInstructionThatWritesNoPageTablesUnprotectsFirst() {
        startWritingTheTable();
        guest.vcpu.writeCr3(0x100000);
        guest.vcpu.enter();
        events();
        long before = remoteFlushes();

        assertThat(guest.add(PD_PAGE + 8, 5)).isEqualTo(VirtualAccessResult.FAULT);

        assertThat(events())
                .containsExactly(
                        "fault 102008 error 7",
                        "walk 102008 error 7",
                        "walk 50000 error 14",
                        "walk 102008 error 6",
                        "zap 102 l2",
                        "fault 102008 error 6",
                        "walk 102008 error 6",
                        "get 102 l2 new",
                        "get 103 l1 existing",
                        "requested 102 l1",
                        "set 102 l1 " + PROTECTED_USED,
                        "walk 50000 error 14",
                        "walk 102008 error 4",
                        "walk 102008 error 6");
        assertThat(remoteFlushes() - before).isEqualTo(1);
        assertThat(guest.entry(0x102, 1)).isEqualTo(5);
    }

    @Test
    void ex9ARootThatWasInUseIsFoundAgainWithoutAnEvent() {
        guest.entry(0x110, 0, 0x101, ALL);
        start();

        guest.vcpu.writeCr3(0x110000);
        guest.vcpu.enter();
        assertThat(events()).containsExactly("get 110 l4 new");
        assertThat(guest.shadow(0x100, 4).rootCount).isEqualTo(1);

        guest.vcpu.writeCr3(0x100000);
        guest.vcpu.enter();
        assertThat(events()).isEmpty();
        assertThat(guest.vcpu.state().roots().current().page()).isSameAs(guest.shadow(0x100, 4));
    }

    /** Uses 60 shadow pages: the four of EX-1 and 56 more last tables. */
    private void useSixtyPages() {
        for (int i = 1; i <= 57; i++) {
            guest.entry(0x102, i, 0x400 + i, ALL);
            guest.entry(0x400 + i, 0, 0x600 + i, ALL);
        }
        guest.machine.vm.setQuota(64);
    }

    @Test
    void ex10AtTheQuotaTheOldestPagesGo() {
        useSixtyPages();
        guest.read(0);
        for (long i = 1; i <= 56; i++) {
            guest.read(i << 21);
        }
        assertThat(guest.machine.vm.usedPages()).isEqualTo(60);
        events();
        long before = remoteFlushes();

        guest.read(57L << 21);

        List<String> zaps =
                events().stream().filter(line -> line.startsWith("zap")).toList();
        assertThat(zaps).hasSize(21).startsWith("zap 101 l3", "zap 102 l2", "zap 103 l1", "zap 401 l1", "zap 402 l1");
        assertThat(guest.stat(Counter.MMU_RECYCLED)).isEqualTo(21);
        assertThat(remoteFlushes() - before).as("one commit").isEqualTo(1);
    }

    @Test
    void ex10AnUnsyncPageGoesWithThePageAboveIt() {
        useSixtyPages();
        guest.read(0);
        guest.store(PT_PAGE + 0xff8, 0);
        for (long i = 1; i <= 56; i++) {
            guest.read(i << 21);
        }
        events();

        guest.read(57L << 21);

        assertThat(events().stream()
                        .filter(line -> line.startsWith("zap") || line.startsWith("sync"))
                        .limit(5))
                .containsExactly("zap 101 l3", "zap 103 l1 unsync", "sync 103 l1 unsync", "zap 102 l2", "zap 401 l1");
        assertThat(guest.stat(Counter.MMU_RECYCLED)).isEqualTo(21);
    }

    @Test
    void ex11ADeletedSlotTakesEverythingWithItAndARootInUseGoesAtTheNextEntry() {
        start();
        guest.machine.slot(1, 0x20000, 0x100);
        events();
        long before = remoteFlushes();

        guest.machine.delete(1);

        assertThat(events())
                .containsExactly("zap_all gen 0 used 4", "zap 100 l4 root 1", "zap 101 l3", "zap 102 l2", "zap 103 l1");
        assertThat(remoteFlushes() - before).isEqualTo(1);

        guest.vcpu.enter();

        assertThat(events()).containsExactly("zap 100 l4 invalid", "get 100 l4 new");
        assertThat(remoteFlushes() - before).isEqualTo(2);
        assertThat(guest.machine.vm.usedPages()).isEqualTo(1);
    }

    @Test
    void ex11WithoutTheSlotOfItsTopTableTheGuestShutsDown() {
        start();

        guest.machine.delete(0);

        assertThat(guest.read(0)).isEqualTo(VirtualAccessResult.SHUTDOWN);
    }

    /** EM-13: with CR4.PAE, a write of 4 bytes that lies in two entries is one of the first; the second stays linked. */
    @Test
    void aWriteOf4BytesAcrossTwoDirectoryEntriesZapsOnlyTheFirst() {
        guest.entry(0x102, 1, 0x104, ALL);
        guest.entry(0x104, 0, 0x300, ALL);
        guest.entry(0x103, 0x102, 0x102, ALL);
        start();
        guest.read(1L << 21);
        assertThat(guest.shadow(0x102, 2).spt[1]).isNotZero();

        guest.vcpu.storeGva(PD_PAGE + 6, 0, 4, true);

        assertThat(guest.entry(0x102, 1)).as("what the guest wrote").isEqualTo(0x100000);
        assertThat(guest.shadow(0x102, 2).spt[0]).as("zapped").isZero();
        assertThat(guest.shadow(0x102, 2).spt[1]).as("not zapped").isNotZero();
    }

    /**
     * ST-10a: an entry that marked a frame without memory becomes a writable leaf without the question whether its frame is a
     * guest table, so that the guest writes to a shadowed directory and nobody hears of it.
     */
    @Test
    void aLeafInThePlaceOfAnOutdatedHoleIsNotChecked() {
        guest.entry(0x103, 0x1ff, 0x20000, ALL);
        guest.read(0);
        assertThat(guest.read(0x1ff000)).as("frame 20000 is a hole").isEqualTo(VirtualAccessResult.MMIO);
        guest.store(PT_PAGE + 0xff8, PD_PAGE | ALL);
        guest.machine.slot(1, 0x30000, 0x10);

        guest.store(0x1ff000 + 0xff8, 0);

        assertThat(guest.reached()).isEqualTo(0x102);
        assertThat(guest.machine.slot(0).trackCount(0x102))
                .as("still a shadowed directory")
                .isEqualTo(1);
        assertThat(guest.shadow(0x103, 1).spt[0x1ff] & 0xfff).as("but writable").isEqualTo(0xe67);
        assertThat(guest.shadow(0x103, 1).unchecked(0x1ff)).isTrue();
    }
}
