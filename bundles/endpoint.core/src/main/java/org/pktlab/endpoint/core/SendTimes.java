package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import org.pktlab.protocol.MemoryMap;

/** When tagged sends left: the table of send times by tag (protocol specification, section 6.2), which the reference leaves at zero. */
final class SendTimes {
  private long[] times;

  void record(int tag, long timeNs) {
    if (times == null) {
      times = new long[MemoryMap.SEND_TIMES_ENTRIES];
    }
    times[tag] = timeNs;
  }

  Region region() {
    return new Region() {
      @Override
      public long start() {
        return MemoryMap.SEND_TIMES;
      }

      @Override
      public int length() {
        return MemoryMap.SEND_TIMES_ENTRIES * MemoryMap.SEND_TIMES_STRIDE;
      }

      @Override
      public void read(int offset, ByteBuffer to) {
        if (times == null) {
          return;
        }
        for (int at = offset; to.hasRemaining(); at++) {
          to.put((byte) (times[at >>> 3] >>> 56 - 8 * (at & 7)));
        }
      }
    };
  }
}
