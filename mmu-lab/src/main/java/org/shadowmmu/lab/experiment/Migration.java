package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A guest whose memory is copied while it runs, as for a live migration: all memory is written once, dirty logging is switched
 * on, the dirty log is read after each round of accesses, logging is switched off, and the guest goes on for a last round.
 */
public record Migration(
        @Key(meaning = FamilyKeys.MEMORY, takes = FamilyKeys.SIZE, defaultText = "1 GiB")
        MemorySize memory,

        @Key(
                meaning = "how often the dirty log is read before logging is switched off",
                takes = "a whole number from 1 to 10000",
                defaultText = "8")
        Integer rounds,

        @Key(
                meaning = "how many accesses the guest makes before each reading, and once more behind the last",
                takes = FamilyKeys.ACCESS_RANGE,
                defaultText = "50000")
        Integer accesses,

        @Key(
                meaning = "the share of memory, from its beginning, that is hot",
                takes = FamilyKeys.SHARE,
                defaultText = "10 %")
        Share hot,

        @Key(
                name = "to-hot",
                meaning = "the share of accesses that go to hot memory; the others go anywhere in memory",
                takes = FamilyKeys.SHARE,
                defaultText = "90 %")
        Share toHot,

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
    public Migration(
            @JsonProperty("memory") @Nullable MemorySize memory,
            @JsonProperty("rounds") @Nullable Integer rounds,
            @JsonProperty("accesses") @Nullable Integer accesses,
            @JsonProperty("hot") @Nullable Share hot,
            @JsonProperty("to-hot") @Nullable Share toHot,
            @JsonProperty("writes") @Nullable Share writes,
            @JsonProperty("vcpus") @Nullable Integer vcpus) {
        this.memory = FamilyKeys.memory(memory, MemorySize.mib(1024));
        this.rounds = ValueProblem.within("rounds", rounds, 8, 1, 10_000);
        this.accesses = FamilyKeys.accesses(accesses, 50_000);
        this.hot = FamilyKeys.share(hot, 10);
        this.toHot = FamilyKeys.share(toHot, 90);
        this.writes = FamilyKeys.share(writes, 30);
        this.vcpus = FamilyKeys.vcpus(vcpus);
        if (this.hot.of(this.memory) == 0) {
            throw new ValueProblem("hot", "'hot' must be at least a page of the memory, not " + this.hot);
        }
    }

    @Override
    public String word() {
        return "migration";
    }

    @Override
    public String description() {
        return "a guest whose memory is copied with dirty logging while it runs";
    }

    @Override
    public boolean fillsFirst() {
        return true;
    }

    @Override
    public Family byDefault() {
        return new Migration(null, null, null, null, null, null, null);
    }
}
