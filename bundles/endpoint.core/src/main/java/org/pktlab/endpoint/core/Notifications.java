package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.LongPredicate;
import org.pktlab.protocol.NotificationMask;

/**
 * The notifications of one socket on their way to the controller: at once, or held back as long as the socket's mask says so (protocol specification, section
 * 6.4), ndata also until the ntag of every earlier send has gone before (section 7.4). Owned by the session's loop.
 *
 * <p>A socket that is flooded does not fill the link: beyond {@value #IN_LINK} octets its ndata wait here, so that an answer to the controller waits behind few of
 * them, however slow the link is.
 */
final class Notifications {
  /** Octets of ndata frames of one socket that may be in the link and not have left. */
  static final int IN_LINK = 32 << 10;

  /** What a frame has beyond its data, about. */
  private static final int HEAD = 32;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketOwner owner;
  private final MaskedNotifications masked = new MaskedNotifications();
  private final ArrayDeque<Behind> behind = new ArrayDeque<>();
  private final Backlog backlog = new Backlog();
  private int mask;
  private int inLink;

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

  /** Sets the mask; what it no longer holds back leaves now, all of it: the answers that follow tell the controller that it has. */
  void mask(int value) {
    if (mask != value) {
      flushBacklog();
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
    } else if (data != null) {
      pass(head, data, token);
    } else {
      if (bit == NotificationMask.NSTAT) {
        flushBacklog(); // the end of a socket comes behind its data
      }
      owner.write(head);
    }
  }

  /** Passes ndata on to the link, or on to what waits for it. */
  private void pass(ByteBuffer head, ByteBuffer data, long token) {
    if (inLink >= IN_LINK || !backlog.isEmpty()) {
      backlog.add(head, data, token);
    } else {
      toLink(head, data, token);
    }
  }

  private void toLink(ByteBuffer head, ByteBuffer data, long token) {
    inLink += HEAD + SentToken.octets(token);
    owner.write(head, data, token);
  }

  /** So many octets of data in an ndata frame have left the link: what waits for it moves up. */
  void delivered(int octets) {
    inLink -= HEAD + octets;
    if (inLink <= IN_LINK / 2 && !backlog.isEmpty()) {
      while (inLink < IN_LINK && !backlog.isEmpty()) {
        moveUp();
      }
      owner.flush();
    }
  }

  /** Gives everything that waits for the link to it, because what comes next is to come behind it. */
  void flushBacklog() {
    while (!backlog.isEmpty()) {
      moveUp();
    }
  }

  private void moveUp() {
    toLink(backlog.frame(), NOTHING, backlog.token());
    backlog.remove();
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
        pass(ByteBuffer.wrap(next.frame()), NOTHING, next.token());
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

  private void release() {
    for (MaskedNotifications.Held next = masked.next(mask); next != null; next = masked.next(mask)) {
      ByteBuffer frame = ByteBuffer.wrap(next.frame());
      if (next.token() == 0) {
        owner.write(frame);
      } else {
        toLink(frame, NOTHING, next.token());
      }
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
    for (; !backlog.isEmpty(); backlog.remove()) {
      giveBack(backlog.token());
    }
  }

  private void giveBack(long token) {
    if (token != 0) {
      owner.buffer().release(SentToken.overhead(token) + (long) SentToken.octets(token));
    }
  }
}
