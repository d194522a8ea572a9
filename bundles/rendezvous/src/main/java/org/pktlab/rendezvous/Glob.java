package org.pktlab.rendezvous;

/**
 * Pattern matching with {@code *} (any run, also empty) and {@code ?} (exactly one character); all else is literal.
 *
 * <p>On a mismatch only the last star is widened: an earlier star never needs another try, because whatever it could skip the last
 * one can skip too. Each position of the value thus meets each position of the pattern at most once per try of the last star, which
 * bounds the work by about length of pattern times length of value. Not thread-safe.
 */
final class Glob {
  private long steps;

  boolean matches(String pattern, String value) {
    int p = 0;
    int v = 0;
    int star = -1;
    int resume = 0;
    while (v < value.length()) {
      steps++;
      char want = p < pattern.length() ? pattern.charAt(p) : 0;
      if (want == '*') {
        star = p++;
        resume = v;
      } else if (p < pattern.length() && (want == '?' || want == value.charAt(v))) {
        p++;
        v++;
      } else if (star >= 0) {
        p = star + 1;
        v = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      steps++;
      p++;
    }
    return p == pattern.length();
  }

  /** Comparisons made by this object so far. */
  long steps() {
    return steps;
  }
}
