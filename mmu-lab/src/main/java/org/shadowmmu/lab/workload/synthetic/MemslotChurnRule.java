package org.shadowmmu.lab.workload.synthetic;

import org.shadowmmu.lab.experiment.MemslotChurn;
import org.shadowmmu.lab.workload.SlotChange;

/** Carries {@link MemslotChurn} out. Marker 1 is set when all memory is written. */
final class MemslotChurnRule {
    /** The first frame of the device: 512 GiB. */
    static final long DEVICE_GFN = 1L << 27;

    private static final String DEVICE = "device";

    private final MemslotChurn family;
    private final SyntheticGuest guest;

    MemslotChurnRule(MemslotChurn family, SyntheticGuest guest) {
        this.family = family;
        this.guest = guest;
    }

    void run() {
        long device = family.device().pages();
        guest.change(SlotChange.Operation.ADD, DEVICE_GFN, device, DEVICE);
        guest.fill();
        guest.marker(1);
        for (int cycle = 0; cycle < family.cycles(); cycle++) {
            for (int i = 0; i < family.accesses(); i++) {
                boolean toDevice =
                        guest.places().nextDouble() < family.toDevice().fraction();
                guest.access(toDevice ? DEVICE_GFN + guest.anywhere(device) : guest.anywhere(guest.pages()));
            }
            guest.change(SlotChange.Operation.DELETE, DEVICE_GFN, device, DEVICE);
            guest.change(SlotChange.Operation.ADD, DEVICE_GFN, device, DEVICE);
        }
    }
}
