package org.pktlab.mlet.uplink;

import java.util.Arrays;

/**
 * How far apart packets of one size were, and what follows from it.
 *
 * @param counted packets that count
 * @param ns from the first of them to the last
 * @param mbits the rate: the octets of all of them but the first, over that time
 * @param error half the width of its 95 % interval, from how far the single times are off an even spacing
 */
record Dispersion(int counted, long ns, double mbits, double error) {
  private static final int LEAST = 3;
  private static final double TWO_SIDED_95 = 1.96;

  /**
   * Of the packets with a time; null when they are too few, or came all at once.
   *
   * @param shaped whether to leave out the first tenth, which shapers let through as a burst
   */
  static Dispersion of(long[] timesNs, int octets, boolean shaped) {
    long[] times = Arrays.stream(timesNs).filter(t -> t != 0).sorted().toArray();
    int from = shaped ? times.length / 10 : 0;
    int count = times.length - from;
    if (count < LEAST || times[times.length - 1] == times[from]) {
      return null;
    }
    long ns = times[times.length - 1] - times[from];
    double mbits = whole(8e3 * octets * (count - 1) / ns);
    // The first and the last time are each as uncertain as the times are scattered about an even spacing.
    double relative = Math.sqrt(2) * scatter(times, from, count) / ns;
    return new Dispersion(count, ns, mbits, whole(TWO_SIDED_95 * relative * mbits));
  }

  /** To bits a second: no train tells more. */
  private static double whole(double mbits) {
    return Math.rint(mbits * 1e6) / 1e6;
  }

  /** Standard deviation about the straight line that fits best, nanoseconds. */
  private static double scatter(long[] times, int from, int count) {
    double middle = (count - 1) / 2.0;
    double mean = 0;
    for (int i = 0; i < count; i++) {
      mean += (times[from + i] - times[from]) / (double) count;
    }
    double slope = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      slope += (i - middle) * (times[from + i] - times[from] - mean);
      squares += (i - middle) * (i - middle);
    }
    slope /= squares;
    double residuals = 0;
    for (int i = 0; i < count; i++) {
      double off = times[from + i] - times[from] - mean - slope * (i - middle);
      residuals += off * off;
    }
    return Math.sqrt(residuals / (count - 2));
  }
}
