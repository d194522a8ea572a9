package org.pktlab.endpoint.core;

import java.util.ArrayDeque;
import org.pktlab.protocol.NotificationMask;

/**
 * Notifications of one socket that its mask holds back (protocol specification, section 6.4), each kind in order. Bounded: held data are charged to the buffer,
 * and a socket that holds {@link #MOST} notifications accepts no further nsend.
 */
final class MaskedNotifications {
  /** Notifications held for one socket before its sends are refused. */
  static final int MOST = 65_536;

  /**
   * A whole frame that is held back.
   *
   * @param frame header and body
   * @param token for ndata, what to account for once it has left, else 0
   */
  record Held(byte[] frame, long token) {}

  // Released in this order: all ntag, then all nstat, then all ndata, then all ndrop (and nblock, which the reference never releases).
  private static final int[] RELEASE_ORDER = {
    NotificationMask.NTAG, NotificationMask.NSTAT, NotificationMask.NDATA, NotificationMask.NDROP, NotificationMask.NBLOCK
  };

  @SuppressWarnings({"unchecked", "rawtypes"})
  private final ArrayDeque<Held>[] held = new ArrayDeque[RELEASE_ORDER.length];

  private int count;

  int count() {
    return count;
  }

  void hold(int maskBit, byte[] frame, long token) {
    int kind = kind(maskBit);
    if (held[kind] == null) {
      held[kind] = new ArrayDeque<>();
    }
    held[kind].add(new Held(frame, token));
    count++;
  }

  /** The next notification that {@code mask} no longer holds back, in the order of release, or null. */
  Held next(int mask) {
    for (int kind = 0; kind < RELEASE_ORDER.length; kind++) {
      if ((mask & RELEASE_ORDER[kind]) == 0 && held[kind] != null && !held[kind].isEmpty()) {
        count--;
        return held[kind].poll();
      }
    }
    return null;
  }

  private static int kind(int maskBit) {
    for (int kind = 0; kind < RELEASE_ORDER.length; kind++) {
      if (RELEASE_ORDER[kind] == maskBit) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no notification has mask bit " + maskBit);
  }
}
