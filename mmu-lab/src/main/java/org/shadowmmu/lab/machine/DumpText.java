package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
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

    DumpText(VirtualMachine machine) {
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
        out.text(" tdp_roots=0").endLine();
        for (int i = 0; i < machine.vcpus(); i++) {
            if (machine.vcpus() > 1) {
                out.text("  dump vcpu ").decimal(i).endLine();
            }
            VcpuState vcpu = machine.vcpu(i).state();
            out.text("  dump root_mmu root_role=")
                    .shortHex(Integer.toUnsignedLong(vcpu.mode().rootRole()));
            out.text(" cpu_role_base=")
                    .shortHex(Integer.toUnsignedLong(vcpu.mode().cpuRole()));
            out.text(" cpu_role_ext=").shortHex(vcpu.mode().cpuRoleExtension());
            out.text(" current=1").endLine();
            roots(vcpu.roots(), out);
            out.text("  dump guest_mmu root_role=0 cpu_role_base=0 cpu_role_ext=0 current=0")
                    .endLine();
            roots(vcpu.nestedRoots(), out);
        }
        for (ShadowPage page = core.pages.newest(); page != null; page = page.older()) {
            page(page, out);
        }
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
        if (page != null && page.listed()) {
            pageName(page, out);
            out.endLine();
            return;
        }
        out.text(" special").endLine();
    }

    private static void paeEntries(Root root, LineBuffer out) {
        for (int i = 0; i < Root.PAE_ENTRIES; i++) {
            ShadowPage entry = root.paeEntry(i);
            if (entry != null) {
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
