package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuMode;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.vcpu.MmuContext;
import org.shadowmmu.engine.vcpu.Root;
import org.shadowmmu.engine.vcpu.RootSet;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.recording.LineBuffer;

/** Writes the state of the MMU as a {@code DUMP} operation shows it (FORMAT section 6). */
final class DumpText {
    private static final long FRAME = Spte.ADDRESS;

    private final VirtualMachine machine;
    private final MmuCore core;
    private final long unusedRole;

    /**
     * Makes the dump of a machine.
     *
     * @param unusedRole what the kernel shows as the role of a context that was never used
     */
    DumpText(VirtualMachine machine, long unusedRole) {
        this.unusedRole = unusedRole;
        this.machine = machine;
        this.core = machine.core();
    }

    void append(LineBuffer out) {
        out.text("  dump mmu used=").decimal(core.pages.used());
        out.text(" max=").decimal(core.pages.max());
        out.text(" requested=").decimal(machine.fixedQuota());
        out.text(" valid_gen=").decimal(core.pages.generation());
        out.text(" indirect_shadow_pages=").decimal(core.pages.indirect());
        out.text(" listed=").decimal(core.pages.listedCount());
        out.text(" tdp_roots=").decimal(core.tdpRoots.size()).endLine();
        for (int i = 0; i < machine.vcpus(); i++) {
            if (machine.vcpus() > 1) {
                out.text("  dump vcpu ").decimal(i).endLine();
            }
            VcpuState vcpu = machine.vcpu(i).state();
            context("root_mmu", vcpu.rootMmu(), vcpu, out);
            context("guest_mmu", vcpu.guestMmu(), vcpu, out);
        }
        for (ShadowPage page = core.pages.newest(); page != null; page = page.older()) {
            page(page, out);
        }
        for (ShadowPage root : core.tdpRoots) {
            out.text("  dump tdp_root role=").shortHex(Integer.toUnsignedLong(root.roleWord()));
            out.text(" refcount=").decimal(root.rootCount()).endLine();
            table(root, out);
        }
    }

    /** A table of the TDP MMU, then those below it. */
    private void table(ShadowPage table, LineBuffer out) {
        boolean any = false;
        int level = table.level();
        for (int index = 0; index < ShadowPage.ENTRIES; index++) {
            if (FoldedEntry.is(table.spt[index])) {
                core.pages.child(table, index);
            }
            long spte = table.spt[index];
            if (spte == 0) {
                continue;
            }
            if (!any) {
                out.text("  dump tdp level=")
                        .decimal(level)
                        .text(" gfn=")
                        .shortHex(table.gfn())
                        .text(':');
                any = true;
            }
            out.text(' ').decimal(index);
            out.text(Spte.presentNonLeaf(spte, level) ? '>' : ':').shortHex(Spte.present(spte) ? spte & ~FRAME : spte);
        }
        if (any) {
            out.endLine();
        }
        for (int index = 0; index < ShadowPage.ENTRIES; index++) {
            if (Spte.presentNonLeaf(table.spt[index], level)) {
                table(core.pages.child(table, index), out);
            }
        }
    }

    private void context(String name, MmuContext context, VcpuState vcpu, LineBuffer out) {
        boolean used = context.used();
        MmuMode mode = context.mode();
        out.text("  dump ").text(name);
        out.text(" root_role=").shortHex(used ? Integer.toUnsignedLong(mode.rootRole()) : unusedRole);
        out.text(" cpu_role_base=").shortHex(used ? Integer.toUnsignedLong(mode.cpuRole()) : 0);
        out.text(" cpu_role_ext=").shortHex(used ? mode.cpuRoleExtension() : 0);
        out.text(" current=").decimal(vcpu.activeMmu() == context ? 1 : 0).endLine();
        roots(context.roots, out);
    }

    private static void roots(RootSet roots, LineBuffer out) {
        root("current", roots.current(), out);
        for (int i = 0; i < RootSet.PREVIOUS; i++) {
            root("prev" + i, roots.previous(i), out);
        }
        paeEntries(roots.current(), out);
    }

    private static void root(String name, Root root, LineBuffer out) {
        out.text("  dump root ").text(name);
        if (!root.valid()) {
            out.text(" none").endLine();
            return;
        }
        out.text(" pgd=").shortHex(root.pgd());
        ShadowPage page = root.page();
        if (page != null && (page.listed() || page.tdp)) {
            pageName(page, out);
            out.endLine();
            return;
        }
        out.text(" special").endLine();
    }

    private static void paeEntries(Root root, LineBuffer out) {
        for (int i = 0; i < Root.PAE_ENTRIES; i++) {
            ShadowPage entry = root.paeEntry(i);
            if (entry != null && entry.listed()) {
                out.text("  dump pae_root ").decimal(i);
                pageName(entry, out);
                out.endLine();
            }
        }
    }

    private static void pageName(ShadowPage page, LineBuffer out) {
        out.text(" gfn=").shortHex(page.gfn()).text(" role=").shortHex(Integer.toUnsignedLong(page.roleWord()));
    }

    private void page(ShadowPage page, LineBuffer out) {
        out.text("  dump sp");
        pageName(page, out);
        out.text(" root_count=").decimal(page.rootCount());
        out.text(" unsync=").decimal(page.unsync() ? 1 : 0);
        out.text(" unsync_children=").decimal(page.unsyncChildren());
        out.text(" flood=").decimal(page.writeFlooding);
        out.text(" gen=").decimal(page.generation());
        out.text(" parents=").decimal(page.parentCount()).endLine();
        boolean any = false;
        for (int index = 0; index < ShadowPage.ENTRIES; index++) {
            long spte = page.spt[index];
            if (spte != 0) {
                out.text(any ? " " : "  dump  spt ").decimal(index);
                any = true;
                entry(page, index, spte, out);
            }
        }
        if (any) {
            out.endLine();
        }
    }

    private void entry(ShadowPage page, int index, long spte, LineBuffer out) {
        if (!Spte.present(spte)) {
            out.text('!').shortHex(spte);
        } else if (Spte.leaf(spte, page.level())) {
            out.text(':').shortHex(page.gfnOf(index)).text(':').shortHex(spte & ~FRAME);
        } else {
            ShadowPage child = core.pages.child(spte);
            out.text('>').shortHex(child.gfn()).text(':').shortHex(Integer.toUnsignedLong(child.roleWord()));
            out.text(':').shortHex(spte & ~FRAME);
        }
    }
}
