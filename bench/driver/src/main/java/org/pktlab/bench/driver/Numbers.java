package org.pktlab.bench.driver;

import java.util.Arrays;
import java.util.Locale;

/** Numbers for people, and quantiles. */
final class Numbers {
  private Numbers() {}

  /** Three or four significant digits, without exponent. */
  static String text(double number) {
    double size = Math.abs(number);
    if (size >= 1000 || number == Math.rint(number)) {
      return String.format(Locale.ROOT, "%,.0f", number);
    }
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f", number);
  }

  /** The smallest value that at least this share of the values does not exceed. */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
  }

  static double median(double[] values) {
    return quantile(values, 0.5);
  }
}
