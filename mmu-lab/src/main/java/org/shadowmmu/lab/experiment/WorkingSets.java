package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.jspecify.annotations.Nullable;

/**
 * A guest that works in phases, each with a working set of its own: runs of pages somewhere in memory, of which some stay from
 * one phase to the next (Denning, The Working Set Model for Program Behavior, CACM 11, 1968).
 */
public record WorkingSets(
        @Key(meaning = FamilyKeys.MEMORY, takes = FamilyKeys.SIZE, defaultText = "4 GiB")
        MemorySize memory,

        @Key(meaning = "how many phases there are", takes = "a whole number from 1 to 1000", defaultText = "8")
        Integer phases,

        @Key(
                meaning = "how many accesses the guest makes in each phase",
                takes = FamilyKeys.ACCESS_RANGE,
                defaultText = "200000")
        Integer accesses,

        @Key(
                meaning = "the working set of a phase, a whole number of runs",
                takes = "a size such as '64 MiB', not more than the memory",
                defaultText = "64 MiB")
        MemorySize set,

        @Key(
                meaning = "a run of pages that belong to a working set together, at a multiple of its size",
                takes = "a size such as '64 KiB'",
                defaultText = "64 KiB")
        MemorySize run,

        @Key(
                meaning = "the share of its runs that a working set keeps from the phase before",
                takes = FamilyKeys.SHARE,
                defaultText = "25 %")
        Share kept,

        @Key(
                meaning = "the share of accesses that go anywhere in memory instead of to the working set",
                takes = FamilyKeys.SHARE,
                defaultText = "1 %")
        Share outside,

        @Key(meaning = FamilyKeys.WRITES, takes = FamilyKeys.SHARE, defaultText = "30 %")
        Share writes,

        @Key(meaning = FamilyKeys.VCPUS, takes = FamilyKeys.VCPU_RANGE, defaultText = "1")
        Integer vcpus)
        implements AccessFamily {
    /**
     * Fills in defaults.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public WorkingSets(
            @Nullable MemorySize memory,
            @Nullable Integer phases,
            @Nullable Integer accesses,
            @Nullable MemorySize set,
            @Nullable MemorySize run,
            @Nullable Share kept,
            @Nullable Share outside,
            @Nullable Share writes,
            @Nullable Integer vcpus) {
        this.memory = FamilyKeys.memory(memory, MemorySize.mib(4096));
        this.phases = ValueProblem.within("phases", phases, 8, 1, 1000);
        this.accesses = FamilyKeys.accesses(accesses, 200_000);
        this.set = set == null ? MemorySize.mib(64) : set;
        this.run = run == null ? new MemorySize(16) : run;
        this.kept = FamilyKeys.share(kept, 25);
        this.outside = FamilyKeys.share(outside, 1);
        this.writes = FamilyKeys.share(writes, 30);
        this.vcpus = FamilyKeys.vcpus(vcpus);
        if (this.set.pages() % this.run.pages() != 0) {
            throw new ValueProblem("set", "'set' must be a whole number of runs of " + this.run + ", not " + this.set);
        }
        if (this.set.pages() > this.memory.pages() / this.run.pages() * this.run.pages()) {
            throw new ValueProblem(
                    "set", "'set' must be no more than the memory of " + this.memory + ", not " + this.set);
        }
    }

    @Override
    public String word() {
        return "working-sets";
    }

    @Override
    public String description() {
        return "a guest that works in phases, each with a working set of its own";
    }

    @Override
    public Family byDefault() {
        return new WorkingSets(null, null, null, null, null, null, null, null, null);
    }
}
