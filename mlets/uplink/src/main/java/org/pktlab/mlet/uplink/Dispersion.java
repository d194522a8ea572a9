package org.pktlab.mlet.uplink;

import java.util.Arrays;

/**
 * How far apart packets of one size were, and what follows from it.
 *
 * <p>The rate is that of the median stretch: all runs of an eighth of the packets are timed, and the one in the middle tells. A link that stands still for
 * some milliseconds in a train (a shaper whose timer was late, another's packet) delays all packets behind it: the whole train then looks slower by as much,
 * but most of its stretches do not.
 *
 * @param counted packets that count
 * @param ns from the first of them to the last
 * @param mbits the rate of the median stretch
 * @param error half the width of its 95 % interval: how far the single times are off an even spacing, and how far the rate of the whole is off that of the
 *     median stretch
 */
record Dispersion(int counted, long ns, double mbits, double error) {
  private static final int LEAST = 3;
  private static final int STRETCHES = 8;
  /** Packets often arrive in pairs, or a few at once: a stretch averages over that. */
  private static final int SHORTEST_STRETCH = 4;
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
    double whole = 8e3 * octets * (count - 1) / ns;
    int length = Math.min(count - 1, Math.max(SHORTEST_STRETCH, count / STRETCHES));
    double stretch = medianStretch(times, from, length);
    // No time at all: they came in clumps, of which only the whole tells a rate.
    double mbits = stretch == 0 ? whole : 8e3 * octets * length / stretch;
    // The first and the last time are each as uncertain as the times are scattered about an even spacing.
    double scattered = TWO_SIDED_95 * Math.sqrt(2) * scatter(times, from, count) / ns * mbits;
    return new Dispersion(count, ns, toBits(mbits), toBits(Math.hypot(scattered, mbits - whole)));
  }

  /** The rate of the whole: the octets of all but the first, over all the time, to bits a second. */
  double overall(int octets) {
    return toBits(8e3 * octets * (counted - 1) / ns);
  }

  /** To bits a second: no train tells more. */
  private static double toBits(double mbits) {
    return Math.rint(mbits * 1e6) / 1e6;
  }

  /** The median of what {@code length} packets in sequence took, nanoseconds. */
  private static double medianStretch(long[] times, int from, int length) {
    long[] stretches = new long[times.length - length - from];
    for (int i = 0; i < stretches.length; i++) {
      stretches[i] = times[from + i + length] - times[from + i];
    }
    Arrays.sort(stretches);
    int middle = stretches.length / 2;
    return stretches.length % 2 == 1 ? stretches[middle] : (stretches[middle - 1] + stretches[middle]) / 2.0;
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
