package org.shadowmmu.lab.statistics;

/**
 * One figure to judge.
 *
 * @param key name of the figure
 * @param lowerIsBetter whether less of it speaks for the candidate
 * @param sample its pairs
 */
public record Question(String key, boolean lowerIsBetter, PairedSample sample) {}
