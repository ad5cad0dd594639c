package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.lab.recording.RecordedMachineFactory;

/** Makes machines for recordings under chosen policies. */
@FunctionalInterface
public interface RecordedMachines {
    /** The factory of machines whose decisions are taken as assigned. */
    RecordedMachineFactory under(PolicyAssignment policies);
}
