package org.shadowmmu.lab.ab;

import org.shadowmmu.engine.policy.PolicyChoice;

/** A policy of a comparison: as the user wrote it, and the choice itself. */
public record Contender(String label, PolicyChoice choice) {}
