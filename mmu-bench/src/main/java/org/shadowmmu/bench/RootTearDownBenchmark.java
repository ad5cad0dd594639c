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
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;

/**
 * Tearing down a root of the TDP MMU that maps 64 GiB with 4 KiB pages, in the order of two kernels, nobody listening.
 *
 * <p>A second, small slot is deleted, which zaps everything. The score is the time per present leaf. Run with {@code java
 * -jar mmu-bench/target/benchmarks.jar RootTearDown}; expect 10 ns or less per SPTE (about 2 minutes, 2 GiB of heap).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(value = 1, jvmArgs = "-Xmx3g")
public class RootTearDownBenchmark {
    private static final int PAGES = 1 << 24;
    private static final long FAR = 1L << 30;

    /** The kernel whose order is used. */
    @Param({"linux-6.1", "linux-6.12"})
    public String era;

    private VirtualMachine machine;

    /** Maps all of it by faults. */
    @Setup(Level.Invocation)
    public void map() {
        machine = VirtualMachine.create(
                MmuOptions.withTdpMmu().withEra(Era.named(era)), 1, PolicyRuntime.upstream(), null);
        machine.host().addBacking(0, PAGES, false);
        machine.host().addBacking(1, 1, false);
        machine.setMemslot(0, 0, 0, PAGES, 0, 0, 0);
        machine.setMemslot(0, 1, FAR, 1, 0, 1, 0);
        for (long gfn = 0; gfn < PAGES; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.READ);
        }
    }

    /** Deletes the small slot. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int tearDown() {
        return machine.setMemslot(0, 1, 0, 0, 0, 0, 0);
    }
}
