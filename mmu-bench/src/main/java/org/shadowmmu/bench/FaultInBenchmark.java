package org.shadowmmu.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.shadowmmu.engine.vm.VirtualMachine;

/**
 * Faults on pages that nothing maps: 64 Ki pages are faulted in, again and again. Targets: 5 million a second with
 * two-dimensional paging; 2 million with shadow paging, where a fault also walks the guest's tables and keeps its entries.
 *
 * <p>The counters tell faults from pages, for a fault maps its neighbours as well: up to 8 pages. What undoes the faults is
 * not measured.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class FaultInBenchmark {
    private static final int FRAMES = 1 << 16;

    /** How the machine came to map nothing. */
    public enum Before {
        /** It is new: every page table is allocated. */
        NEW_MACHINE,
        /** A slot was deleted, which zapped everything: page tables are made from the freed ones. */
        FAST_ZAP,
        /** The host took all memory away and gave it back: the page tables are there, and empty. */
        NOTIFIER
    }

    /** What is counted. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Counts {
        /** Faults. */
        public long faults;
        /** Pages mapped. */
        public long pages;
    }

    /** How the machine pages. */
    @Param
    public Paging paging;

    /** How the machine came to map nothing. */
    @Param
    public Before before;

    /** Frames from one access to the next: 8 is one window of neighbours, 512 one page table. */
    @Param({"8", "512"})
    public int stride;

    private VirtualMachine machine;

    /** Makes the first machine. */
    @Setup
    public void make() {
        machine = paging.machine(FRAMES);
        machine.host().addBacking(1, 1, false);
    }

    /** Gets a machine that maps nothing. */
    @Setup(Level.Invocation)
    public void empty() {
        switch (before) {
            case NEW_MACHINE -> machine = paging.machine(FRAMES);
            case FAST_ZAP -> {
                machine.setMemslot(0, 1, 2 * FRAMES, 1, 0, 1, 0);
                machine.setMemslot(0, 1, 0, 0, 0, 0, 0);
            }
            case NOTIFIER -> {
                machine.host().discard(machine.host().backing(0), 0, FRAMES);
                for (int page = 0; page < FRAMES; page++) {
                    machine.host().faultIn(machine.host().backing(0), page, true);
                }
            }
        }
    }

    /** Faults everything in. */
    @Benchmark
    public VirtualMachine faultIn(Counts counts) {
        paging.touch(machine, FRAMES, stride);
        counts.faults += FRAMES / stride;
        counts.pages += FRAMES / stride * 8;
        return machine;
    }
}
