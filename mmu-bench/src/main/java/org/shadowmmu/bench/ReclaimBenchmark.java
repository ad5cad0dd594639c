package org.shadowmmu.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.AccessResult;
import org.shadowmmu.engine.vm.Vcpu;

/** A working set of 128 page tables under a quota of 64 pages, one frame of each in turn: every access faults, and pays its share of reclaim. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class ReclaimBenchmark {
    private static final int TABLES = 128;

    private Vcpu vcpu;
    private int table;

    /** Makes the machine. */
    @Setup
    public void make() {
        vcpu = Machines.direct(TABLES * Machines.TABLE, 64).vcpu(0);
    }

    /** One access. */
    @Benchmark
    public AccessResult access() {
        table = table + 1 & TABLES - 1;
        return vcpu.accessGpa((long) table * Machines.TABLE << 12, AccessKind.WRITE);
    }
}
