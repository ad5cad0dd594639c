package org.shadowmmu.engine.era;

import java.util.List;
import org.shadowmmu.api.RootZapOrder;

/**
 * The rule variants of one kernel, by topic. Everything that is not here is the same in all eras; the core asks for the
 * variant, never for the name.
 *
 * @param name the kernel, as experiment files and recordings name it
 * @param description one sentence
 * @param unproven what no recording proves; empty if recordings prove all that they reach
 * @param reclaim how the quota is kept
 * @param zap how pages are zapped
 * @param pages how pages are found and linked
 * @param sync how pages become unsync and are brought in line
 * @param leaves how leaves are installed
 * @param writes what emulated writes to guest tables do
 * @param roots how virtual CPUs keep roots
 * @param tdp the TDP MMU
 */
public record Era(
        String name,
        String description,
        String unproven,
        ReclaimRules reclaim,
        ZapRules zap,
        PageRules pages,
        SyncRules sync,
        LeafRules leaves,
        GuestWriteRules writes,
        RootRules roots,
        TdpMmuRules tdp) {
    private static final ReclaimRules COUNTED = new ReclaimRules(false, false, false);
    private static final ZapRules ORPHANS_GO = new ZapRules(true, false, true);
    private static final PageRules PAGES = new PageRules(false, 14, false, false, false);
    private static final LeafRules LEAVES = new LeafRules(SetSpteEvents.CHANGED, true, false, false, true, false);
    private static final LeafRules LEAVES_6_12 = new LeafRules(SetSpteEvents.CHANGED, true, false, false, true, true);
    private static final TdpMmuRules NO_TDP_MMU = new TdpMmuRules(false, RootZapOrder.WHOLE_ROOT, true, false, true);

    /** Linux 2.6.32 to 2.6.38. */
    public static final Era LINUX_2_6_3X = new Era(
            "linux-2.6.3x",
            "Linux 2.6.32 to 2.6.38: reclaim takes the oldest page, roots in use included, and flushes for each.",
            "No recording of this kernel exists. Its role word is not modelled (pages of a nested guest are told from"
                    + " others here, SP-6), nor are the module option oos_shadow (it is on), the statistics mmu_pte_updated and"
                    + " lpages, parent chains of 5 (RM-8), the check of CR4.PAE before a sync (SP-19) and the old texts of"
                    + " events. Reclaim ends when a round over the list frees nothing.",
            new ReclaimRules(true, true, true),
            new ZapRules(false, true, false),
            new PageRules(true, 4, true, true, true),
            new SyncRules(false, true, true, true),
            new LeafRules(SetSpteEvents.NEVER, false, true, true, false, false),
            new GuestWriteRules(true, true, true, true),
            new RootRules(false, true, false),
            NO_TDP_MMU);

    /** Linux 3.11. */
    public static final Era LINUX_3_11 = new Era(
            "linux-3.11",
            "Linux 3.11: everything is zapped by a new generation; reclaim still takes roots in use, with one flush.",
            "No recording of this kernel exists. The generation is a bit here and a number there (ZAP-64), which nothing"
                    + " shows while memslot changes wait for each other. Not modelled: the statistics mmu_pte_updated and"
                    + " lpages, the restart of the fast zap after nearly every page (ZAP-64), which only a yield could show, the"
                    + " check of CR4.PAE before a sync (SP-19) and the old texts of events. Reclaim ends when a round over"
                    + " the list frees nothing.",
            new ReclaimRules(true, true, false),
            new ZapRules(false, true, true),
            new PageRules(true, 3, true, true, true),
            new SyncRules(false, true, true, false),
            new LeafRules(SetSpteEvents.NEVER, false, true, true, false, false),
            new GuestWriteRules(false, true, false, true),
            new RootRules(false, true, false),
            NO_TDP_MMU);

    /** Linux 5.8. */
    public static final Era LINUX_5_8 = new Era(
            "linux-5.8",
            "Linux 5.8: cached roots and the fast zap of today, the reclaim of 2013, no TDP MMU.",
            "No recording of this kernel exists. Not modelled: the inverse bit for 8-byte entries in the role word (SP-6),"
                    + " the statistic mmu_pte_updated, the check of CR4.PAE before a sync (SP-19). That emulated writes still"
                    + " map level-1 entries again is from memory (EM-22). Reclaim ends when a round over the list frees"
                    + " nothing.",
            new ReclaimRules(true, true, false),
            new ZapRules(false, true, true),
            new PageRules(false, 3, true, true, true),
            new SyncRules(false, true, true, false),
            new LeafRules(SetSpteEvents.ALWAYS, false, true, true, false, false),
            new GuestWriteRules(false, true, false, true),
            new RootRules(true, true, false),
            NO_TDP_MMU);

    /** Linux 6.1, as of 6.1.192. */
    public static final Era LINUX_6_1 = new Era(
            "linux-6.1",
            "Linux 6.1, as of 6.1.192, the default.",
            "",
            COUNTED,
            ORPHANS_GO,
            PAGES,
            new SyncRules(false, true, false, false),
            LEAVES,
            new GuestWriteRules(false, false, false, true),
            new RootRules(true, false, false),
            new TdpMmuRules(true, RootZapOrder.ONE_GIB_THEN_ROOT, true, false, true));

    /** Linux 6.12, as of 6.12.117. */
    public static final Era LINUX_6_12 = new Era(
            "linux-6.12",
            "Linux 6.12, as of 6.12.117: leaves go first, a sync keeps what did not change.",
            "The order of entries in lists is that of 6.1 (RM-8), a table that a fetch makes while no huge page is possible"
                    + " keeps huge leaves away like any made for NX (PF-37), and a fault that the host outran starts again before"
                    + " reclaim (PF-22); no recording shows any of them.",
            COUNTED,
            ORPHANS_GO,
            PAGES,
            new SyncRules(true, false, false, false),
            LEAVES_6_12,
            new GuestWriteRules(false, false, false, false),
            new RootRules(true, false, true),
            new TdpMmuRules(true, RootZapOrder.LEAVES_FIRST, false, true, false));

    /** Every era, oldest first. */
    public static final List<Era> ALL = List.of(LINUX_2_6_3X, LINUX_3_11, LINUX_5_8, LINUX_6_1, LINUX_6_12);

    /** Whether recordings of this kernel exist. */
    public boolean recorded() {
        return this == LINUX_6_1 || this == LINUX_6_12;
    }

    /**
     * The era of this name.
     *
     * @throws IllegalArgumentException with the names there are, if it is none of them
     */
    public static Era named(String name) {
        for (Era era : ALL) {
            if (era.name.equals(name)) {
                return era;
            }
        }
        throw new IllegalArgumentException("there is no era '" + name + "'; there are "
                + String.join(", ", ALL.stream().map(Era::name).toList()));
    }
}
