package org.pktlab.endpoint.core;

/**
 * At most so many octets in any window of time (protocol specification, section 9.4). Sends are remembered in slices of a 1,024th of the window; a slice counts
 * until its last send is a window old, so the limit is never exceeded and capacity returns at most a slice late.
 *
 * <p>Used by one thread. Times are those of a monotonic clock.
 */
final class SendRate {
  private static final int SLICES = 1024;

  private final long limit;
  private final long windowNs;
  private final long sliceNs;
  private final long[] octets = new long[SLICES + 1];
  private final long[] lastNs = new long[SLICES + 1];
  private final long[] beganNs = new long[SLICES + 1];
  private int oldest;
  private int slices;
  private long total;

  /**
   * @param limit octets in a window, positive
   * @param windowNs length of the window, positive
   */
  SendRate(long limit, long windowNs) {
    this.limit = limit;
    this.windowNs = windowNs;
    this.sliceNs = Math.max(1, windowNs / SLICES);
  }

  /** Octets that one send can never exceed. */
  long limit() {
    return limit;
  }

  /** 0 when so many octets may leave now, else how long to wait before asking again, in nanoseconds. */
  long waitNs(long size, long nowNs) {
    forget(nowNs);
    if (total + size <= limit) {
      return 0;
    }
    long excess = total + size - limit;
    for (int i = 0, at = oldest; i < slices; i++, at = next(at)) {
      excess -= octets[at];
      if (excess <= 0) {
        return Math.max(1, lastNs[at] + windowNs - nowNs);
      }
    }
    return windowNs;
  }

  /** Notes that so many octets left now. */
  void sent(long size, long nowNs) {
    int newest = slices == 0 ? -1 : (oldest + slices - 1) % octets.length;
    if (newest >= 0 && (nowNs - beganNs[newest] < sliceNs || slices == octets.length)) {
      octets[newest] += size;
      lastNs[newest] = nowNs;
    } else {
      int at = (oldest + slices) % octets.length;
      octets[at] = size;
      beganNs[at] = nowNs;
      lastNs[at] = nowNs;
      slices++;
    }
    total += size;
  }

  private void forget(long nowNs) {
    while (slices > 0 && nowNs - lastNs[oldest] >= windowNs) {
      total -= octets[oldest];
      oldest = next(oldest);
      slices--;
    }
  }

  private int next(int at) {
    return at + 1 == octets.length ? 0 : at + 1;
  }
}
