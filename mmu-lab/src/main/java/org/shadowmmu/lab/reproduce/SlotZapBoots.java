package org.shadowmmu.lab.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.reproduce.RecordedBoots.Memory;

/** S4.1: EPT violations of recorded boots, when a slot that is deleted takes everything with it, or its own leaves. */
final class SlotZapBoots {
    private static final List<String> BOOTS = List.of("boot-6g-debian-pc", "boot-6g-debian-q35");
    private static final double SMALL = -7;
    private static final double HUGE = -14;
    private static final double POINTS = 3;

    /** The kernel of the time: the legacy MMU, which maps neighbours ahead. */
    private static final MmuOptions OF_2020 = MmuOptions.tdp().withEra(Era.LINUX_5_8);

    private final RecordedBoots boots;

    SlotZapBoots(RecordedBoots boots) {
        this.boots = boots;
    }

    /** Violations under both scopes. */
    private record Violations(long everything, long leaves) {
        double change() {
            return 100.0 * (leaves - everything) / everything;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d / %,d, %.1f %%", everything, leaves, change());
        }
    }

    /** The claim, and what it looks like. */
    record Told(Finding finding, Figure figure) {}

    private Pending<Violations> violations(Bench bench, String stream, MmuOptions options, Memory memory) {
        Pending<Long> everything = bench.start(() -> taken(bench, stream, options, memory));
        Pending<Long> leaves = bench.start(() -> taken(bench, stream, options.withTargetedSlotZap(true), memory));
        return () -> new Violations(everything.get(), leaves.get());
    }

    private long taken(Bench bench, String stream, MmuOptions options, Memory memory) {
        return boots.replay(bench, stream, options, memory).counters().get(Counter.PF_TAKEN);
    }

    private static void draw(List<Figure.Bar> bars, String group, Violations violations) {
        bars.add(new Figure.Bar(group, "everything goes", violations.everything));
        bars.add(new Figure.Bar(group, "the slot's leaves go", violations.leaves));
    }

    /** One recorded boot on both kinds of memory. */
    private record Boot(String name, Pending<Violations> huge, Pending<Violations> small) {}

    private Boot boot(Bench bench, String name) {
        return new Boot(
                name,
                violations(bench, name, OF_2020, Memory.FRESH_HUGE),
                violations(bench, name, OF_2020, Memory.FRESH_SMALL));
    }

    /** Measures the claim; {@code quick} leaves out what the remark compares with. */
    Pending<Told> measure(Bench bench, boolean quick) {
        List<Boot> measured = BOOTS.stream().map(name -> boot(bench, name)).toList();
        Pending<String> context = quick ? () -> "" : context(bench);
        return () -> told(measured, context.get());
    }

    private static Told told(List<Boot> boots, String context) {
        StringBuilder simulated = new StringBuilder();
        List<Figure.Bar> bars = new ArrayList<>();
        boolean within = true;
        for (Boot boot : boots) {
            Violations huge = boot.huge.get();
            Violations small = boot.small.get();
            draw(bars, boot.name + ", THP", huge);
            draw(bars, boot.name + ", 4 KiB", small);
            within &= Math.abs(huge.change() - HUGE) <= POINTS
                    && Math.abs(small.change() - SMALL) <= POINTS
                    && huge.change() < small.change();
            simulated
                    .append(simulated.isEmpty() ? "" : "; ")
                    .append(boot.name)
                    .append(": THP ")
                    .append(huge)
                    .append("; 4 KiB ")
                    .append(small);
        }
        Figure figure = new Figure.Bars(
                "EPT violations by scope of a slot zap",
                "Recorded boots of 6 GiB, from power on until power off; each pair has its own scale.",
                "EPT violations",
                false,
                bars);
        Finding finding = new Finding(
                "S4.1",
                "6 GiB boot: 14 % fewer EPT violations with THP, 7 % fewer without",
                "+- 3 points each, THP gains more",
                simulated.toString(),
                Basis.COUNTED,
                within,
                "recorded boots on Linux 5.8, on memory that nobody touched before; display memory is logged, so never huge."
                        + " The guest that was published is not known" + context);
        return new Told(finding, figure);
    }

    private Pending<String> context(Bench bench) {
        MmuOptions newer = MmuOptions.withTdpMmu();
        String pc = BOOTS.get(0);
        Pending<Violations> romHuge = violations(bench, "rom-1g", OF_2020, Memory.FRESH_HUGE);
        Pending<Violations> romSmall = violations(bench, "rom-1g", OF_2020, Memory.FRESH_SMALL);
        Pending<Violations> newerHuge = violations(bench, pc, newer, Memory.PRESENT_HUGE);
        Pending<Violations> newerSmall = violations(bench, pc, newer, Memory.PRESENT_SMALL);
        Pending<Long> outside = bench.start(() -> boots.repeatedFaultsOutsideMemory(bench, pc));
        Pending<Violations> shortHuge = violations(bench, "boot-1g", OF_2020, Memory.FRESH_HUGE);
        Pending<Violations> shortSmall = violations(bench, "boot-1g", OF_2020, Memory.FRESH_SMALL);
        return () ->
                ". The legacy MMU maps neighbours of a fault that are there already, which the TDP MMU does not: on that"
                        + " of Linux 6.1 the first boot gives THP " + newerHuge.get() + "; 4 KiB " + newerSmall.get()
                        + ", as the script beside the streams estimated (2,296 / 1,963 and 145,783 / 134,245) but for "
                        + outside.get()
                        + " faults on SMRAM, which is no memory in the address space that replays use. Short boots and guests that read"
                        + " option ROMs gain more: boot-1g THP " + shortHuge.get() + "; 4 KiB " + shortSmall.get()
                        + "; rom-1g THP " + romHuge.get() + "; 4 KiB " + romSmall.get();
    }
}
