package org.shadowmmu.lab.trial;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.PageVisitor;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vcpu.Root;
import org.shadowmmu.engine.vcpu.RootSet;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.vm.VirtualMachine;

/**
 * Counts the guest pages that the virtual CPUs reach from their roots, the "referenced guest pages" of the mail of about
 * 2010: when a directory is reclaimed, the tables below it stay and map what they mapped, but nothing leads to them until
 * they are linked again.
 */
public final class ReferencedMemory {
    private static final int BITS_PER_LEVEL = 9;

    private final VirtualMachine machine;
    private final BitSet seen = new BitSet();
    private final List<ShadowPageView> directories = new ArrayList<>();
    private final List<ShadowPageView> tables = new ArrayList<>();
    private final PageVisitor visit = this::visit;
    private int children;

    /** Looks at a machine. */
    public ReferencedMemory(VirtualMachine machine) {
        this.machine = machine;
    }

    /** The number now, in 4 KiB pages. */
    public long pages() {
        clear();
        for (int i = 0; i < machine.vcpus(); i++) {
            addRoots(machine.vcpu(i).state().roots().current());
        }
        long huge = 0;
        for (int i = 0; i < directories.size(); i++) {
            ShadowPageView directory = directories.get(i);
            children = 0;
            directory.visitChildren(visit);
            huge += (long) (directory.presentEntries() - children) << BITS_PER_LEVEL * (directory.level() - 1);
        }
        if (directories.size() + tables.size() == machine.usedPages()) {
            return machine.mappedGuestPages();
        }
        long small = 0;
        for (ShadowPageView table : tables) {
            small += table.presentEntries();
        }
        return huge + small;
    }

    /** The shadow pages in use that no root leads to which a virtual CPU holds, current or kept for its return (VC-10). */
    public long stalePages() {
        clear();
        for (int i = 0; i < machine.vcpus(); i++) {
            VcpuState state = machine.vcpu(i).state();
            addHeld(state.rootMmu().roots);
            addHeld(state.guestMmu().roots);
        }
        for (int i = 0; i < directories.size(); i++) {
            directories.get(i).visitChildren(visit);
        }
        return machine.usedPages() - counted(directories) - counted(tables);
    }

    /** Those that count as used: pages of the TDP MMU do not (TDP-5). */
    private static long counted(List<ShadowPageView> pages) {
        return pages.stream()
                .filter(page -> !(page instanceof ShadowPage own && own.tdp))
                .count();
    }

    private void addHeld(RootSet roots) {
        addRoots(roots.current());
        for (int i = 0; i < RootSet.PREVIOUS; i++) {
            addRoots(roots.previous(i));
        }
    }

    private void clear() {
        seen.clear();
        directories.clear();
        tables.clear();
    }

    private void addRoots(Root root) {
        addRoot(root.page());
        for (int entry = 0; entry < Root.PAE_ENTRIES; entry++) {
            addRoot(root.paeEntry(entry));
        }
    }

    /** A root that was zapped under its virtual CPU leads nowhere, and is replaced at the next entry. */
    private void addRoot(@Nullable ShadowPage root) {
        if (root != null && root.listed()) {
            add(root);
        }
    }

    private void visit(ShadowPageView child) {
        children++;
        add(child);
    }

    private void add(ShadowPageView page) {
        if (!seen.get(page.id())) {
            seen.set(page.id());
            (page.level() > 1 ? directories : tables).add(page);
        }
    }
}
