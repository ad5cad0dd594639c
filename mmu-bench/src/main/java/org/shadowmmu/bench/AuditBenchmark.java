package org.shadowmmu.bench;

import java.util.List;
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
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.audit.AuditViolation;
import org.shadowmmu.engine.vm.VirtualMachine;

/** All invariants of a machine with 59 pages. Target: 20 microseconds, so that tests can afford it after every operation. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class AuditBenchmark {
    private static final int TABLES = 56;

    /** Frames from one mapping to the next: 64 leaves 64 leaves in each page table, 512 leaves 8. */
    @Param({"64", "512"})
    public int stride;

    private Audit audit;

    /** Makes the machine. */
    @Setup
    public void make() {
        VirtualMachine machine = Machines.direct(TABLES * Machines.TABLE);
        Machines.touch(machine, TABLES * Machines.TABLE, stride);
        audit = new Audit(machine);
    }

    /** One audit. */
    @Benchmark
    public List<AuditViolation> check() {
        return audit.check();
    }
}
