package org.shadowmmu.lab.trial;

/** Where machines come from: two-dimensional paging, and shadow paging for streams with virtual addresses. */
public record MachineSource(MachineFactory direct, ShadowMachineFactory shadow) {}
