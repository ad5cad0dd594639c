package org.shadowmmu.lab.ab;

import java.util.Map;
import org.shadowmmu.lab.store.Metric;

/**
 * What one policy gave in one replay.
 *
 * @param stretches each figure by stretch
 * @param total each figure from power on to the end of the stream
 * @param asked how often each decision was asked for that the policy takes
 */
public record Course(Map<Metric, double[]> stretches, Map<Metric, Long> total, Map<String, Long> asked) {}
