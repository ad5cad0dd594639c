package org.shadowmmu.lab.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.trial.ReferencedMemory;

/** Story 3: the oldest page is often a directory that just received a child (about 2010). */
public final class ReclaimOrders implements Story {
    private static final int QUOTA = 64;
    private static final long PAGES = 1 << 18;
    private static final int TABLE = 512;
    private static final int PAGES_PER_MIB = 256;
    private static final int JUST_BEGUN = 64;
    private static final int FLOOR = 18_432;
    private static final int CEILING = 31_232;

    private final FieldCase field;

    /** Makes the story. */
    ReclaimOrders(RecordedBoots streams) {
        field = new FieldCase(streams);
    }

    @Override
    public String id() {
        return "S3";
    }

    @Override
    public String title() {
        return "active_mmu_pages does not move parents up (about 2010)";
    }

    /** One sequential fill under a policy, with what its rounds of reclaim did. */
    private static final class Fill implements MmuEvents {
        final List<List<Integer>> rounds = new ArrayList<>();
        final List<Long> reachable = new ArrayList<>();
        final List<Double> touched = new ArrayList<>();
        final List<Long> seen = new ArrayList<>();
        private List<Integer> levels = new ArrayList<>();
        long created;
        long linkChanges;
        long relinkFaults;

        @Override
        public void getPage(long gfn, int role, int rootCount, boolean unsync, int generation, boolean existed) {
            created += existed ? 1 : 0;
        }

        @Override
        public void prepareZapPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
            levels.add(Role.level(role));
        }

        /** Looks where both the reclaim of a new table and a full table show, at the same places in every run. */
        private void look(long gfn, ReferencedMemory referenced) {
            int page = (int) gfn & TABLE - 1;
            if (page == JUST_BEGUN || page == TABLE - 1) {
                touched.add(gfn / (double) PAGES_PER_MIB);
                seen.add(referenced.pages());
            }
        }

        private void run(VirtualMachine machine, long pages) {
            machine.host().addBacking(0, PAGES, false);
            machine.setMemslot(0, 0, 0, PAGES, 0, 0, 0);
            machine.setQuota(QUOTA);
            ReferencedMemory referenced = new ReferencedMemory(machine);
            for (long gfn = 0; gfn < pages; gfn++) {
                long recycled = machine.counters().get(Counter.MMU_RECYCLED);
                machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
                look(gfn, referenced);
                boolean reclaimed = machine.counters().get(Counter.MMU_RECYCLED) != recycled;
                if (reclaimed) {
                    rounds.add(levels);
                    levels = new ArrayList<>();
                }
                if (reclaimed || (gfn & TABLE - 1) == TABLE - 1) {
                    reachable.add(referenced.pages());
                }
            }
        }

        long directories() {
            return rounds.stream()
                    .flatMap(List::stream)
                    .filter(level -> level > 1)
                    .count();
        }

        long lowest() {
            // Only what came after the first fill of the quota.
            return reachable.stream()
                    .skip(QUOTA)
                    .mapToLong(Long::longValue)
                    .min()
                    .orElse(0);
        }

        long highest() {
            return reachable.stream().mapToLong(Long::longValue).max().orElse(0);
        }

        Figure.Curve curve(String label) {
            return new Figure.Curve(
                    label,
                    touched.stream().mapToDouble(Double::doubleValue).toArray(),
                    seen.stream().mapToDouble(Long::doubleValue).toArray());
        }

        double deviation() {
            double mean = reachable.stream()
                    .skip(QUOTA)
                    .mapToLong(Long::longValue)
                    .average()
                    .orElse(0);
            return Math.sqrt(reachable.stream()
                    .skip(QUOTA)
                    .mapToDouble(value -> (value - mean) * (value - mean))
                    .average()
                    .orElse(0));
        }
    }

    private static Fill fill(Bench bench, String policy, Map<String, String> parameters) {
        Fill fill = new Fill();
        fill.run(bench.under(policy, parameters, MmuOptions.tdp(), 1, fill), PAGES);
        return fill;
    }

    @Override
    public List<String> streams() {
        return List.of(FieldCase.STREAM);
    }

    @Override
    public Pending<StoryResult> measure(Bench bench, boolean quick) {
        Pending<List<Finding>> compile = field.measure(bench, quick);
        Pending<Fill> fifo = bench.start(() -> fill(bench, "fifo", Map.of()));
        Pending<Fill> moveUp = bench.start(() -> fill(bench, "lru-moveup", Map.of("on", "allocation")));
        Pending<Fill> levels = bench.start(() -> fill(bench, "leaf-first", Map.of()));
        Pending<Finding> noEffect = bench.start(() -> noEffect(bench));
        Pending<Finding> relinking = bench.start(() -> relinking(bench));
        Pending<Finding> moves = ListMoves.measure(bench);
        Pending<Finding> obsolete = bench.start(() -> ObsoleteOrder.measure(bench));
        return () -> {
            List<Finding> findings = fills(fifo.get(), moveUp.get(), levels.get());
            findings.addAll(List.of(noEffect.get(), relinking.get(), moves.get(), obsolete.get()));
            findings.addAll(compile.get());
            return new StoryResult(findings, figures(fifo.get(), moveUp.get(), levels.get()));
        };
    }

    private static List<Figure> figures(Fill fifo, Fill moveUp, Fill levels) {
        return List.of(new Figure.Curves(
                "Referenced guest pages at 64 shadow pages",
                "A sequential fill of 1 GiB. A directory that is reclaimed takes everything below it out of reach.",
                "MiB filled",
                "%.1f MiB filled",
                "guest pages (4 KiB) within reach",
                List.of(
                        fifo.curve("oldest first"),
                        moveUp.curve("parents move up"),
                        levels.curve("tables before directories"))));
    }

    private static List<Finding> fills(Fill fifo, Fill moveUp, Fill levels) {
        List<Finding> findings = new ArrayList<>();
        List<Integer> first = fifo.rounds.get(0);
        // A PDPT and a PD go each time.
        double perDirectory = 2.0 * fifo.created / fifo.directories();
        List<Integer> sorted = first.stream().sorted().toList();
        findings.add(new Finding(
                "S3.1",
                "FIFO, first round: PDPT, PD and 19 tables; a directory about once per 40 to 60 allocations;"
                        + " reachable pages fall to 0",
                "hard",
                "levels " + summary(sorted) + "; " + fifo.directories() + " directories in " + fifo.created
                        + " allocations; lowest reachable " + number(fifo.lowest()),
                Basis.COUNTED,
                first.size() == 21
                        && perDirectory >= 40
                        && perDirectory <= 60
                        && first.stream().filter(level -> level == 1).count() == 19
                        && fifo.reachable.stream().anyMatch(pages -> pages <= TABLE),
                "measured right after the access that reclaimed, so that its own table is reachable again"));
        findings.add(floor(
                "S3.2",
                "parents move up: no ancestor of a live child goes; reachable pages stay in 18,432 to 29,184",
                moveUp));
        findings.add(floor("S3.3", "oldest tables first: the same floor, without any work per fault", levels));
        findings.add(new Finding(
                "S3.5",
                "the saw-tooth and the link changes are smaller when parents move up",
                "direction",
                String.format(
                        java.util.Locale.ROOT,
                        "standard deviation of reachable pages %,.0f (FIFO) and %,.0f; pages created %,d and %,d",
                        fifo.deviation(),
                        moveUp.deviation(),
                        fifo.created,
                        moveUp.created),
                Basis.COUNTED,
                moveUp.deviation() < fifo.deviation() && moveUp.created <= fifo.created,
                ""));
        findings.add(exactRounds(fifo));
        return findings;
    }

    private static String summary(List<Integer> levels) {
        StringBuilder text = new StringBuilder();
        for (int level = 4; level >= 1; level--) {
            int wanted = level;
            long count = levels.stream().filter(value -> value == wanted).count();
            if (count > 0) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(count)
                        .append(" of level ")
                        .append(level);
            }
        }
        return text.toString();
    }

    private static Finding floor(String claim, String published, Fill fill) {
        return new Finding(
                claim,
                published,
                "hard; never below " + number(FLOOR) + " minus the table being filled",
                fill.directories() + " directories reclaimed; reachable " + number(fill.lowest()) + " to "
                        + number(fill.highest()),
                Basis.COUNTED,
                fill.directories() == 0 && fill.lowest() >= FLOOR - TABLE && fill.highest() <= CEILING,
                "36 tables are left after a round, one of them just begun; without the reserve of 5 the ceiling is "
                        + number(CEILING));
    }

    /** S3.4: after the directory of a filled region went, one access per table links it again. */
    private static Finding relinking(Bench bench) {
        VirtualMachine machine = bench.upstream(MmuOptions.tdp(), 1, null);
        machine.host().addBacking(0, PAGES, false);
        machine.setMemslot(0, 0, 0, PAGES, 0, 0, 0);
        machine.setQuota(QUOTA);
        int tables = 57;
        for (long gfn = 0; gfn < (long) tables * TABLE; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        // One more table makes reclaim take the directories and the oldest tables.
        machine.vcpu(0).accessGpa((long) tables * TABLE << 12, AccessKind.WRITE);
        machine.vcpu(0).accessGpa((long) tables * TABLE + 64 << 12, AccessKind.WRITE);
        // The table in use when the directories went is linked again already.
        int from = 30;
        int last = tables - 1;
        long before = machine.counters().get(Counter.PF_TAKEN);
        long misses = machine.counters().get(Counter.MMU_CACHE_MISS);
        for (long gfn = (long) from * TABLE; gfn < (long) last * TABLE; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        long faults = machine.counters().get(Counter.PF_TAKEN) - before;
        long made = machine.counters().get(Counter.MMU_CACHE_MISS) - misses;
        return new Finding(
                "S3.4",
                "orphaned tables are found by hash: linking one again costs 1 fault, not 512",
                "hard",
                faults + " faults for " + (last - from) + " orphaned tables; " + made + " pages made",
                Basis.COUNTED,
                faults == last - from && made == 0,
                "");
    }

    private static Finding exactRounds(Fill fifo) {
        long exact = fifo.rounds.stream().filter(round -> round.size() == 21).count();
        return new Finding(
                "S3.9a",
                "a normal round zaps exactly 21 pages",
                "exact",
                exact + " of " + fifo.rounds.size() + " rounds zapped 21",
                Basis.COUNTED,
                exact == fifo.rounds.size() && exact > 0,
                "");
    }

    private static Finding noEffect(Bench bench) {
        List<Long> faults = new ArrayList<>();
        for (String policy : List.of("fifo", "lru-moveup", "leaf-first", "tdp-childzap")) {
            VirtualMachine machine = bench.under(policy, Map.of(), MmuOptions.tdp(), 1, null);
            machine.host().addBacking(0, PAGES, false);
            machine.setMemslot(0, 0, 0, PAGES, 0, 0, 0);
            machine.setQuota(QUOTA);
            for (int pass = 0; pass < 3; pass++) {
                for (long gfn = 0; gfn < 50L * TABLE; gfn++) {
                    machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
                }
            }
            faults.add(machine.counters().get(Counter.PF_TAKEN));
        }
        return new Finding(
                "S3.9",
                "a working set within the quota: all policies give the same number of faults",
                "exact",
                faults.stream().map(ReclaimOrders::number).distinct().collect(Collectors.joining(" or "))
                        + " faults under each of four policies",
                Basis.COUNTED,
                faults.stream().distinct().count() == 1,
                "");
    }

    private static String number(long value) {
        return OrphanedChildren.number(value);
    }

    @Override
    public List<String> leftOut() {
        return List.of();
    }
}
