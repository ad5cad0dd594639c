package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A guest whose hypervisor deletes a memslot of a device and adds it again, over and over, while the guest uses its memory; all
 * memory is written once before.
 */
public record MemslotChurn(
        @Key(meaning = FamilyKeys.MEMORY, takes = FamilyKeys.SIZE, defaultText = "1 GiB")
        MemorySize memory,

        @Key(
                meaning = "the memslot of the device, at 512 GiB",
                takes = "a size such as '16 MiB', up to 64 GiB",
                defaultText = "16 MiB")
        MemorySize device,

        @Key(
                meaning = "how often the memslot of the device is deleted and added again",
                takes = "a whole number from 1 to 1000000",
                defaultText = "100")
        Integer cycles,

        @Key(
                meaning = "how many accesses the guest makes before each deletion",
                takes = FamilyKeys.ACCESS_RANGE,
                defaultText = "10000")
        Integer accesses,

        @Key(
                name = "to-device",
                meaning = "the share of accesses that go to the device; the others go anywhere in memory",
                takes = FamilyKeys.SHARE,
                defaultText = "10 %")
        Share toDevice,

        @Key(meaning = FamilyKeys.WRITES, takes = FamilyKeys.SHARE, defaultText = "30 %")
        Share writes,

        @Key(meaning = FamilyKeys.VCPUS, takes = FamilyKeys.VCPU_RANGE, defaultText = "1")
        Integer vcpus)
        implements AccessFamily {
    private static final long MOST_DEVICE = 1L << 24;

    /**
     * Fills in defaults.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public MemslotChurn(
            @JsonProperty("memory") @Nullable MemorySize memory,
            @JsonProperty("device") @Nullable MemorySize device,
            @JsonProperty("cycles") @Nullable Integer cycles,
            @JsonProperty("accesses") @Nullable Integer accesses,
            @JsonProperty("to-device") @Nullable Share toDevice,
            @JsonProperty("writes") @Nullable Share writes,
            @JsonProperty("vcpus") @Nullable Integer vcpus) {
        this.memory = FamilyKeys.memory(memory, MemorySize.mib(1024));
        this.device = FamilyKeys.size("device", device, MemorySize.mib(16), MOST_DEVICE);
        this.cycles = ValueProblem.within("cycles", cycles, 100, 1, 1_000_000);
        this.accesses = FamilyKeys.accesses(accesses, 10_000);
        this.toDevice = FamilyKeys.share(toDevice, 10);
        this.writes = FamilyKeys.share(writes, 30);
        this.vcpus = FamilyKeys.vcpus(vcpus);
    }

    @Override
    public String word() {
        return "memslot-churn";
    }

    @Override
    public String description() {
        return "a guest beside whose memory the memslot of a device comes and goes";
    }

    @Override
    public boolean fillsFirst() {
        return true;
    }

    @Override
    public Family byDefault() {
        return new MemslotChurn(null, null, null, null, null, null, null);
    }
}
