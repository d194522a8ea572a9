package org.pktlab.cert;

/**
 * At most {@code count} octets or packets in any window of {@code windowNs} (packetlab-trust sections 5.2 and 9).
 *
 * @param count octets or packets, unsigned 64 bits
 * @param windowNs nanoseconds, unsigned 64 bits, not zero
 */
public record Rate(long count, long windowNs) {
  /** Checks that the window is not empty. */
  public Rate {
    if (windowNs == 0) {
      throw new IllegalArgumentException("the window of a rate must not be zero");
    }
  }

  /** Returns whether the count is at least {@code amount}: otherwise so much can never be sent at once. */
  public boolean holds(long amount) {
    return Long.compareUnsigned(amount, count) <= 0;
  }

  /** Returns {@code count/window} as a certificate carries it. */
  @Override
  public String toString() {
    return Long.toUnsignedString(count) + "/" + Long.toUnsignedString(windowNs);
  }
}
