package org.pktlab.bench.driver;

/**
 * A number that a benchmark yields.
 *
 * @param key by which measurements name it; unique within the benchmark
 * @param what what it is, for the table
 * @param unit its unit, or empty
 * @param goal what it shall reach
 */
record Metric(String key, String what, String unit, Goal goal) {}
