package org.shadowmmu.lab.trial;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.TimeSeries;

/**
 * What a trial gave.
 *
 * @param result figures, or why there are none
 * @param series its course, null if it failed
 * @param seconds how long it took; not part of the results
 * @param outOfMemory whether it failed because memory ran out, which may be the fault of another trial
 */
public record TrialOutcome(TrialResult result, @Nullable TimeSeries series, double seconds, boolean outOfMemory) {}
