package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.transport.CaptureFilter;

/**
 * What a raw socket captures, and until when (protocol specification, section 8.3). The transport runs it on its own thread; everything else is the session's
 * loop's.
 */
final class Capture implements CaptureFilter {
  private final Filter filter;
  private final long endNs;
  private final boolean threeAnswers;

  /**
   * @param endNs when it ends, on the endpoint's clock, unsigned
   * @param threeAnswers whether the sign of the result says what becomes of the packet, and its magnitude how much to keep; else it is one unsigned number
   */
  Capture(Filter filter, long endNs, boolean threeAnswers) {
    this.filter = filter;
    this.endNs = endNs;
    this.threeAnswers = threeAnswers;
  }

  long endNs() {
    return endNs;
  }

  /** Whether a packet received at that time comes too late. */
  boolean isOver(long timeNs) {
    return Long.compareUnsigned(timeNs, endNs) >= 0;
  }

  @Override
  public int keep(ByteBuffer packet, int offset, int length) {
    try {
      int result = (int) filter.run(packet, offset, length);
      if (result < 0) {
        // Unsigned, what was meant as a negative number keeps the whole packet.
        return threeAnswers && result != Integer.MIN_VALUE ? -result : Integer.MAX_VALUE;
      }
      return result;
    } catch (FilterFaultException e) {
      return 0;
    }
  }
}
