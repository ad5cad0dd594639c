package org.shadowmmu.engine.shadow;

import java.util.Set;
import java.util.function.Consumer;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.era.WhatIf;

/**
 * What is fixed for the life of a virtual machine: the host's features and the module parameters.
 *
 * @param tdpEnabled two-dimensional paging is on (NPT or EPT); off means shadow paging
 * @param tdpMmu the TDP MMU serves the guest's own memory; off means the legacy MMU does (OV-3)
 * @param hostLevels levels of the host's page tables, 4 or 5
 * @param nxHugePages the mitigation that makes huge pages not executable is on (PF-37)
 * @param eagerPageSplit huge pages are split when dirty logging starts (DL-1b)
 * @param dirtyManualProtect reading the dirty log does not protect; clearing does (DL-3, DL-4)
 * @param dirtyInitiallySet the dirty bitmap starts all ones and nothing is protected (DL-1a)
 * @param targetedSlotZap deleting or moving a memslot zaps that slot only; in Linux 6.12 the quirk
 *     {@code KVM_X86_QUIRK_SLOT_ZAP_ALL} is disabled for it, 6.1 cannot (MS-24)
 * @param era the rule variants of the simulated kernel
 * @param whatIfs where the machine departs from that kernel on purpose; nothing unless a demonstration asks for it
 */
public record MmuOptions(
        boolean tdpEnabled,
        boolean tdpMmu,
        int hostLevels,
        boolean nxHugePages,
        boolean eagerPageSplit,
        boolean dirtyManualProtect,
        boolean dirtyInitiallySet,
        boolean targetedSlotZap,
        Era era,
        Set<WhatIf> whatIfs) {
    /**
     * @throws IllegalArgumentException if the host has neither 4 nor 5 levels, or the era has no TDP MMU
     */
    public MmuOptions {
        if (hostLevels != 4 && hostLevels != 5) {
            throw new IllegalArgumentException("host page tables have 4 or 5 levels, not " + hostLevels);
        }
        if (tdpMmu && !era.tdp().exists()) {
            throw new IllegalArgumentException(era.name() + " has no TDP MMU");
        }
        whatIfs = Set.copyOf(whatIfs);
    }

    /** What deleting or moving a memslot zaps upstream (MS-20, MS-24). */
    public MemslotZapScope upstreamSlotZap() {
        return targetedSlotZap ? MemslotZapScope.SLOT_LEAVES_THEN_TABLES : MemslotZapScope.EVERYTHING;
    }

    /** Two-dimensional paging by the legacy MMU on a 4-level host; NX huge pages are off. */
    public static MmuOptions tdp() {
        return new MmuOptions(true, false, 4, false, true, false, false, false, Era.LINUX_6_1, Set.of());
    }

    /** Two-dimensional paging by the TDP MMU on a 4-level host, the default of Linux 6.1; NX huge pages are off. */
    public static MmuOptions withTdpMmu() {
        return new MmuOptions(true, true, 4, false, true, false, false, false, Era.LINUX_6_1, Set.of());
    }

    /** Shadow paging; NX huge pages are off. */
    public static MmuOptions shadow() {
        return new MmuOptions(false, false, 4, false, true, false, false, false, Era.LINUX_6_1, Set.of());
    }

    /** The same options on a host with 4 or 5 levels. */
    public MmuOptions withHostLevels(int value) {
        return with(copy -> copy.hostLevels = value);
    }

    /** The same options with or without NX huge pages. */
    public MmuOptions withNxHugePages(boolean value) {
        return with(copy -> copy.nxHugePages = value);
    }

    /** The same options with or without splitting huge pages before dirty logging. */
    public MmuOptions withEagerPageSplit(boolean value) {
        return with(copy -> copy.eagerPageSplit = value);
    }

    /** The same options with the dirty log protecting on reads or on clears. */
    public MmuOptions withDirtyManualProtect(boolean value) {
        return with(copy -> copy.dirtyManualProtect = value);
    }

    /** The same options with the dirty bitmap starting all zeros or all ones. */
    public MmuOptions withDirtyInitiallySet(boolean value) {
        return with(copy -> copy.dirtyInitiallySet = value);
    }

    /** The same options with a memslot deletion zapping everything or that slot only. */
    public MmuOptions withTargetedSlotZap(boolean value) {
        return with(copy -> copy.targetedSlotZap = value);
    }

    /** The same options for another kernel. */
    public MmuOptions withEra(Era value) {
        return with(copy -> copy.era = value);
    }

    /** The same options with these departures and no others. */
    public MmuOptions withWhatIfs(WhatIf... values) {
        return with(copy -> copy.whatIfs = Set.of(values));
    }

    /** Whether the machine departs from its kernel in this way. */
    public boolean departs(WhatIf whatIf) {
        return whatIfs.contains(whatIf);
    }

    private MmuOptions with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.options();
    }

    /** These options while one of them is being changed: the one place where all of them are passed on. */
    private static final class Copy {
        private final boolean tdpEnabled;
        private final boolean tdpMmu;
        private int hostLevels;
        private boolean nxHugePages;
        private boolean eagerPageSplit;
        private boolean dirtyManualProtect;
        private boolean dirtyInitiallySet;
        private boolean targetedSlotZap;
        private Era era;
        private Set<WhatIf> whatIfs;

        private Copy(MmuOptions options) {
            tdpEnabled = options.tdpEnabled;
            tdpMmu = options.tdpMmu;
            hostLevels = options.hostLevels;
            nxHugePages = options.nxHugePages;
            eagerPageSplit = options.eagerPageSplit;
            dirtyManualProtect = options.dirtyManualProtect;
            dirtyInitiallySet = options.dirtyInitiallySet;
            targetedSlotZap = options.targetedSlotZap;
            era = options.era;
            whatIfs = options.whatIfs;
        }

        private MmuOptions options() {
            return new MmuOptions(
                    tdpEnabled,
                    tdpMmu,
                    hostLevels,
                    nxHugePages,
                    eagerPageSplit,
                    dirtyManualProtect,
                    dirtyInitiallySet,
                    targetedSlotZap,
                    era,
                    whatIfs);
        }
    }
}
