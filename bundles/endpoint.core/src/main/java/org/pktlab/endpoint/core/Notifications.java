package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import org.pktlab.protocol.NotificationMask;

/**
 * The notifications of one socket on their way to the controller: at once, or held back as long as the socket's mask says so (protocol specification, section
 * 6.4). Owned by the session's loop.
 */
final class Notifications {
  private final SocketOwner owner;
  private final MaskedNotifications masked = new MaskedNotifications();
  private int mask;
  private boolean dataWaits;

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

  /** Holds ndata back besides what the mask says, or no longer, because the ntag of an earlier send has to precede it (section 7.4). */
  void dataWaits(boolean value) {
    if (dataWaits != value) {
      dataWaits = value;
      release();
    }
  }

  private int held() {
    return dataWaits ? mask | NotificationMask.NDATA : mask;
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
    if ((held() & bit) == 0) {
      if (data == null) {
        owner.write(head);
      } else {
        owner.write(head, data, token);
      }
      return;
    }
    byte[] frame = new byte[head.remaining() + (data == null ? 0 : data.remaining())];
    int headLength = head.remaining();
    head.get(frame, 0, headLength);
    if (data != null) {
      data.get(frame, headLength, frame.length - headLength);
    }
    masked.hold(bit, frame, token);
  }

  private void release() {
    for (MaskedNotifications.Held next = masked.next(held()); next != null; next = masked.next(held())) {
      ByteBuffer frame = ByteBuffer.wrap(next.frame());
      if (next.token() == 0) {
        owner.write(frame);
      } else {
        owner.write(frame, ByteBuffer.wrap(next.frame(), next.frame().length, 0), next.token());
      }
    }
  }

  /** Forgets what is held back, and gives its buffer charge back. */
  void discard() {
    for (MaskedNotifications.Held next = masked.next(0); next != null; next = masked.next(0)) {
      if (next.token() != 0) {
        owner.buffer().release(SentToken.overhead(next.token()) + (long) SentToken.octets(next.token()));
      }
    }
  }
}
