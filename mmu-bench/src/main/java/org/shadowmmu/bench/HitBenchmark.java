package org.shadowmmu.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.Vcpu;
import org.shadowmmu.engine.vm.VirtualMachine;

/**
 * Accesses to mapped pages in random order. Target: 20 million a second, nothing allocated.
 *
 * <p>512 pages are one page table, 65536 are 128 page tables, half a megabyte of SPTEs.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class HitBenchmark {
    /** How the machine pages. */
    @Param
    public Paging paging;

    /** Size of the working set. */
    @Param({"512", "65536"})
    public int frames;

    /** What the guest does. */
    @Param({"READ", "WRITE"})
    public AccessKind kind;

    private Vcpu vcpu;
    private int state;
    private int shift;

    /** Maps all frames. */
    @Setup
    public void map() {
        VirtualMachine machine = paging.machine(frames);
        paging.touch(machine, frames, 1);
        vcpu = machine.vcpu(0);
        shift = 32 - Integer.numberOfTrailingZeros(frames);
    }

    /** One access; the next page comes from a linear congruential sequence. */
    @Benchmark
    public Enum<?> hit() {
        state = state * 1664525 + 1013904223;
        return paging.access(vcpu, state >>> shift, kind);
    }
}
