package org.pktlab.bench.mlets;

import java.util.Arrays;
import org.pktlab.mlet.Results;

/** A sample of times, of which quantiles are asked. */
final class Distribution {
  private static final double MICRO = 1_000.0;

  private final long[] sorted;

  /** Takes the nanoseconds over. */
  Distribution(long[] nanos) {
    sorted = nanos;
    Arrays.sort(sorted);
  }

  /** The smallest value that at least this share of the sample does not exceed, microseconds. */
  double micros(double share) {
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)] / MICRO;
  }

  /** Sets the columns {@code count, p50_us, p90_us, p99_us, max_us}. */
  void into(Results.Row row) {
    row.set("count", (long) sorted.length).set("p50_us", micros(0.5)).set("p90_us", micros(0.9)).set("p99_us", micros(0.99)).set("max_us", micros(1));
  }
}
