package org.shadowmmu.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.shadowmmu.engine.vm.VirtualMachine;

/** The deletion of a slot that zaps everything, per page table of 1024. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class FastZapBenchmark {
    private static final int TABLES = 1024;

    /** Frames from one mapping to the next: 8 fills the page tables, 512 leaves 8 entries in each. */
    @Param({"8", "512"})
    public int stride;

    private VirtualMachine machine;

    /** Makes the machine. */
    @Setup
    public void make() {
        machine = Machines.direct(TABLES * Machines.TABLE);
        machine.host().addBacking(1, 1, false);
    }

    /** Builds the tables. */
    @Setup(Level.Invocation)
    public void fill() {
        machine.setMemslot(0, 1, TABLES * Machines.TABLE, 1, 0, 1, 0);
        Machines.touch(machine, TABLES * Machines.TABLE, stride);
    }

    /** Zaps them. */
    @Benchmark
    @OperationsPerInvocation(TABLES)
    public int zap() {
        return machine.setMemslot(0, 1, 0, 0, 0, 0, 0);
    }
}
