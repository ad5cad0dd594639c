package org.shadowmmu.lab.store;

import org.shadowmmu.lab.workload.TimeSeries;

/** One line of {@code series.jsonl}: the time series of a trial that did not fail. */
public record TrialSeries(int trial, TimeSeries series) {}
