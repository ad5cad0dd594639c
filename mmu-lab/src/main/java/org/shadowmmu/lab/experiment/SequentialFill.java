package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.jspecify.annotations.Nullable;

/** A guest that goes through its memory from its beginning to its end. */
public record SequentialFill(
        @Key(meaning = FamilyKeys.MEMORY, takes = FamilyKeys.SIZE, defaultText = "1 GiB")
        MemorySize memory,

        @Key(
                meaning = "how often the guest goes through its memory",
                takes = "a whole number from 1 to 1000",
                defaultText = "1")
        Integer passes,

        @Key(
                meaning = "the distance between two pages that the guest uses, in pages; 1 uses all",
                takes = "a whole number from 1 to 1048576",
                defaultText = "1")
        Integer stride,

        @Key(meaning = FamilyKeys.WRITES, takes = FamilyKeys.SHARE, defaultText = "100 %")
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
    public SequentialFill(
            @Nullable MemorySize memory,
            @Nullable Integer passes,
            @Nullable Integer stride,
            @Nullable Share writes,
            @Nullable Integer vcpus) {
        this.memory = FamilyKeys.memory(memory, MemorySize.mib(1024));
        this.passes = ValueProblem.within("passes", passes, 1, 1, 1000);
        this.stride = ValueProblem.within("stride", stride, 1, 1, 1 << 20);
        this.writes = writes == null ? new Share(1000) : writes;
        this.vcpus = FamilyKeys.vcpus(vcpus);
    }

    @Override
    public String word() {
        return "sequential-fill";
    }

    @Override
    public String description() {
        return "a guest that goes through its memory in order";
    }

    @Override
    public Family byDefault() {
        return new SequentialFill(null, null, null, null, null);
    }
}
