package org.pktlab.mlet.ping;

import java.util.Arrays;

/** Round trips in milliseconds, and what they amount to. */
final class RoundTrips {
  private double[] values = new double[64];
  private int count;

  void add(double ms) {
    if (count == values.length) {
      values = Arrays.copyOf(values, count * 2);
    }
    values[count++] = ms;
  }

  /** The figures, or null without any round trip. */
  Figures figures() {
    if (count == 0) {
      return null;
    }
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    double mean = Arrays.stream(sorted).sum() / count;
    double squares = 0;
    for (double value : sorted) {
      squares += (value - mean) * (value - mean);
    }
    double median = count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
    int rank = (int) Math.ceil(0.95 * count);
    return new Figures(sorted[0], whole(mean), whole(median), sorted[rank - 1], sorted[count - 1], whole(Math.sqrt(squares / count)));
  }

  /** To nanoseconds: what follows was not measured. */
  private static double whole(double ms) {
    return Math.rint(ms * 1e6) / 1e6;
  }

  /** Milliseconds each; {@code p95} is the nearest rank, {@code deviation} that of the population. */
  record Figures(double min, double mean, double median, double p95, double max, double deviation) {}
}
