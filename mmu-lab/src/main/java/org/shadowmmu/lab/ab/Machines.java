package org.shadowmmu.lab.ab;

import org.shadowmmu.lab.trial.MachineFactory;
import org.shadowmmu.lab.trial.ShadowMachineFactory;

/** Where machines come from: two-dimensional paging on shadow pages, and shadow paging for streams with virtual addresses. */
record Machines(MachineFactory direct, ShadowMachineFactory shadow) {}
