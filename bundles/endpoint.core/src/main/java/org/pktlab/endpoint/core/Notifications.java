package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.LongPredicate;
import org.pktlab.protocol.NotificationMask;

/**
 * The notifications of one socket on their way to the controller: at once, or held back as long as the socket's mask says so (protocol specification, section
 * 6.4), ndata also until the ntag of every earlier send has gone before (section 7.4). Owned by the session's loop.
 */
final class Notifications {
  private final SocketOwner owner;
  private final MaskedNotifications masked = new MaskedNotifications();
  private final ArrayDeque<Behind> behind = new ArrayDeque<>();
  private int mask;

  /** An ndata frame, and the send whose ntag it stays behind. */
  private record Behind(byte[] frame, long token, long send) {}

  Notifications(SocketOwner owner) {
    this.owner = owner;
  }

  /** Whether so much is held back that nothing may be added at the controller's request. */
  boolean full() {
    return masked.count() >= MaskedNotifications.MOST;
  }

  int mask() {
    return mask;
  }

  /** Sets the mask; what it no longer holds back leaves now. */
  void mask(int value) {
    if (mask != value) {
      mask = value;
      release();
    }
  }

  /**
   * Sends a notification, or holds it back.
   *
   * @param bit of the mask
   * @param head the whole frame, or of ndata what precedes the data; borrowed
   * @param data borrowed; null for other notifications than ndata
   * @param token of ndata, what to account for once it has left
   */
  void emit(int bit, ByteBuffer head, ByteBuffer data, long token) {
    if ((mask & bit) != 0) {
      masked.hold(bit, frame(head, data), token);
    } else if (data == null) {
      owner.write(head);
    } else {
      owner.write(head, data, token);
    }
  }

  /** Holds ndata back until {@link #settled} is told that this send is. In order: whoever calls it once calls it until that send is settled. */
  void emitBehind(long send, ByteBuffer head, ByteBuffer data, long token) {
    behind.add(new Behind(frame(head, data), token, send));
  }

  /** Lets go of the ndata that stayed behind sends which are settled now. */
  void settled(LongPredicate isSettled) {
    while (!behind.isEmpty() && isSettled.test(behind.peek().send())) {
      Behind next = behind.poll();
      if ((mask & NotificationMask.NDATA) != 0) {
        masked.hold(NotificationMask.NDATA, next.frame(), next.token());
      } else {
        write(next.frame(), next.token());
      }
    }
  }

  private static byte[] frame(ByteBuffer head, ByteBuffer data) {
    byte[] frame = new byte[head.remaining() + (data == null ? 0 : data.remaining())];
    int headLength = head.remaining();
    head.get(frame, 0, headLength);
    if (data != null) {
      data.get(frame, headLength, frame.length - headLength);
    }
    return frame;
  }

  private void write(byte[] frame, long token) {
    if (token == 0) {
      owner.write(ByteBuffer.wrap(frame));
    } else {
      owner.write(ByteBuffer.wrap(frame), ByteBuffer.wrap(frame, frame.length, 0), token);
    }
  }

  private void release() {
    for (MaskedNotifications.Held next = masked.next(mask); next != null; next = masked.next(mask)) {
      write(next.frame(), next.token());
    }
  }

  /** Forgets what is held back, and gives its buffer charge back. */
  void discard() {
    for (MaskedNotifications.Held next = masked.next(0); next != null; next = masked.next(0)) {
      giveBack(next.token());
    }
    for (Behind next = behind.poll(); next != null; next = behind.poll()) {
      giveBack(next.token());
    }
  }

  private void giveBack(long token) {
    if (token != 0) {
      owner.buffer().release(SentToken.overhead(token) + (long) SentToken.octets(token));
    }
  }
}
