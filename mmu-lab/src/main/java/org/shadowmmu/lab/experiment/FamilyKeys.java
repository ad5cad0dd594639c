package org.shadowmmu.lab.experiment;

import org.jspecify.annotations.Nullable;

/** What keys that several families of synthetic workloads have mean and take. */
final class FamilyKeys {
    static final String MEMORY = "the guest's memory, one memslot from address 0";
    static final String SIZE = "a size such as '512 MiB', up to 256 GiB";
    static final String WRITES = "the share of accesses that write; the others read";
    static final String SHARE = "a share such as '30 %'";
    static final String VCPUS = "the guest's virtual CPUs; they take turns of 64 accesses";
    static final String VCPU_RANGE = "a whole number from 1 to 64";
    static final String ACCESS_RANGE = "a whole number from 1 to 1000000000";

    private static final int MOST_VCPUS = 64;
    private static final int MOST_ACCESSES = 1_000_000_000;
    private static final long MOST_PAGES = 1L << 26;

    private FamilyKeys() {}

    static MemorySize memory(@Nullable MemorySize value, MemorySize byDefault) {
        return size("memory", value, byDefault, MOST_PAGES);
    }

    /** A size, or its default; refused above {@code most} pages. */
    static MemorySize size(String key, @Nullable MemorySize value, MemorySize byDefault, long most) {
        if (value != null && value.pages() > most) {
            throw new ValueProblem(key, "'" + key + "' must be " + new MemorySize(most) + " or less, not " + value);
        }
        return value == null ? byDefault : value;
    }

    static int vcpus(@Nullable Integer value) {
        return ValueProblem.within("vcpus", value, 1, 1, MOST_VCPUS);
    }

    static int accesses(@Nullable Integer value, int byDefault) {
        return ValueProblem.within("accesses", value, byDefault, 1, MOST_ACCESSES);
    }

    static Share share(@Nullable Share value, int percent) {
        return value == null ? new Share(percent * 10) : value;
    }
}
