package org.shadowmmu.lab.trial;

import org.shadowmmu.lab.workload.ShadowMachine;

/** The virtual machine of one trial under shadow paging. */
public interface ShadowTrialMachine extends TrialMachine, ShadowMachine {}
