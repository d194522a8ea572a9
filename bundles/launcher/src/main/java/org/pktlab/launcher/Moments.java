package org.pktlab.launcher;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Instants as people write them, and as unsigned nanoseconds since 1970. */
final class Moments {
  private static final long NS_PER_SECOND = 1_000_000_000L;

  private Moments() {}

  /**
   * Reads Unix seconds or a time of RFC 3339.
   *
   * @throws IllegalArgumentException if it is neither, with words for people
   */
  static Instant parse(String text) {
    try {
      if (text.matches("[0-9]{1,12}")) {
        return Instant.ofEpochSecond(Long.parseLong(text));
      }
      return rfc3339(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is no time: give Unix seconds, or RFC 3339 such as 2027-01-31T12:00:00Z");
    }
  }

  /**
   * Reads a time of RFC 3339.
   *
   * @throws DateTimeException if it is none
   */
  static Instant rfc3339(String text) {
    return OffsetDateTime.parse(text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text).toInstant();
  }

  /**
   * Returns nanoseconds since 1970, unsigned.
   *
   * @throws IllegalArgumentException if the instant lies before 1970 or after 2554
   */
  static long nanoseconds(Instant instant) {
    BigInteger ns = BigInteger.valueOf(instant.getEpochSecond()).multiply(BigInteger.valueOf(NS_PER_SECOND)).add(BigInteger.valueOf(instant.getNano()));
    if (ns.signum() < 0 || ns.bitLength() > Long.SIZE) {
      throw new IllegalArgumentException("the time must lie between 1970 and 2554");
    }
    return ns.longValue();
  }

  /** Returns now in nanoseconds since 1970. */
  static long now() {
    return nanoseconds(Instant.now());
  }

  /** Returns unsigned nanoseconds since 1970 as RFC 3339 in UTC. */
  static String text(long ns) {
    return Instant.ofEpochSecond(Long.divideUnsigned(ns, NS_PER_SECOND), Long.remainderUnsigned(ns, NS_PER_SECOND)).toString();
  }
}
