package org.shadowmmu.tck;

import java.util.SplittableRandom;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;

/** What a virtual machine goes through while a policy decides. Short, always the same, and hard on the quota. */
public enum Story {
    /** A guest fills 1 GiB region by region under the smallest quota. */
    FILL("filling 1 GiB under the smallest quota", MmuOptions.tdp()) {
        @Override
        void tell(Guest guest) {
            guest.slot(0, 0, REGIONS * REGION);
            guest.quota(SMALLEST);
            for (int region = 0; region < REGIONS; region++) {
                for (int page = 0; page < 8; page++) {
                    guest.access((long) region * REGION + page, AccessKind.WRITE);
                }
            }
        }
    },
    /** A guest with favourites, while slots come and go and the quota changes. */
    CHURN("slots and quotas that change while a guest works", MmuOptions.tdp()) {
        @Override
        void tell(Guest guest) {
            SplittableRandom random = new SplittableRandom(1);
            guest.slot(0, 0, 128 * REGION);
            guest.slot(1, 256 * REGION, 64 * REGION);
            for (int round = 0; round < 40; round++) {
                guest.quota(SMALLEST + round % 5 * 16);
                for (int i = 0; i < 150; i++) {
                    long region = random.nextInt(i % 2 == 0 ? 128 : 16);
                    guest.access(region * REGION + random.nextInt(32), kind(i));
                    guest.access((256 + random.nextInt(64)) * REGION, kind(i + 1));
                }
                if (round % 8 == 7) {
                    guest.slot(1, 0, 0);
                    guest.slot(1, 256 * REGION, 64 * REGION);
                }
            }
        }
    },
    /** A guest under shadow paging that writes its page tables, switches between processes and unmaps what it mapped. */
    SHADOW("a guest under shadow paging that changes its page tables", MmuOptions.shadow()) {
        @Override
        void tell(Guest guest) {
            new PagedGuest(guest).work();
        }
    },
    /** Roots of the TDP MMU that are torn down. */
    ROOTS("roots of the TDP MMU that are torn down", MmuOptions.withTdpMmu()) {
        @Override
        void tell(Guest guest) {
            for (int round = 0; round < 4; round++) {
                guest.slot(0, 0, 16 * REGION);
                for (int i = 0; i < 64; i++) {
                    guest.access(i % 16 * REGION + i, kind(i));
                }
                guest.slot(0, 0, 0);
            }
        }
    };

    private static final int REGION = 512;
    private static final int REGIONS = 512;
    private static final int SMALLEST = 64;

    private final String title;
    private final MmuOptions options;

    Story(String title, MmuOptions options) {
        this.title = title;
        this.options = options;
    }

    /** What happens in it, in a few words. */
    public String title() {
        return title;
    }

    /** Drives the machine; the guest checks every invariant now and then. */
    abstract void tell(Guest guest);

    private static AccessKind kind(int i) {
        return i % 3 == 0 ? AccessKind.WRITE : AccessKind.READ;
    }

    /** Makes the machine of the story, without memory. */
    VirtualMachine machine(PolicyRuntime policies) {
        return VirtualMachine.create(options, 1, policies, null);
    }
}
