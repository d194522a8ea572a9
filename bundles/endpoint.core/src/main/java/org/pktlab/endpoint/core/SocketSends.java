package org.pktlab.endpoint.core;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.StatusCode;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.TransportSocket;

/**
 * The sends of one socket: first in, first out, each not before its time, and the FIN among them (protocol specification, sections 7.4 and 7.5). Owned by the
 * session's loop.
 */
final class SocketSends {
  /** Datagrams handed to the operating system in one go; each of them is reported with the time at which that was done. */
  private static final int BATCH = 64;

  /** Sends of one socket before the loop gets a chance to serve what else has arrived. */
  private static final int TURN = 1024;

  /** What the slot does when sends have come to their end. */
  interface Outcome {
    /** A tagged send has left. */
    void left(int tag, int number, long timeNs);

    /** A tagged send will never leave. */
    void discarded(int tag, long timeNs);

    /** The time of the FIN has come; what was still queued is discarded. */
    void finish();
  }

  private final SocketOwner owner;
  private final Outcome outcome;
  private final int proto;
  private final int overhead;
  private final ArrayDeque<PendingSend> queue = new ArrayDeque<>();
  private final PendingSend[] leaving = new PendingSend[BATCH];
  private int leavingCount;
  private int leavingFirst;
  private int offered;
  private long rejected;
  private InetSocketAddress provenTo;
  private int provenSize;
  private long charged;
  private boolean finAsked;
  private long finTimeNs;
  private boolean finDone;

  SocketSends(SocketOwner owner, Outcome outcome, int family, int proto) {
    this.owner = owner;
    this.outcome = outcome;
    this.proto = proto;
    this.overhead = Charge.send(family, proto);
  }

  /**
   * Queues an nsend, or refuses it.
   *
   * @param data borrowed
   * @return the status of the result
   */
  int add(long timeNs, int tag, ByteBuffer data, InetSocketAddress to) {
    int size = data.remaining();
    if (size > owner.largestSend()) {
      return StatusCode.ESKTPKTDENY;
    }
    int charge = overhead + size;
    if (!owner.buffer().charge(charge)) {
      return StatusCode.ESYSNOBUFS;
    }
    charged += charge;
    ByteBuffer copy = ByteBuffer.allocate(size);
    copy.put(data).flip();
    queue.add(new PendingSend(timeNs, tag, copy, to, charge, owner.nextOrder()));
    return StatusCode.SUCCESS;
  }

  /** Takes the first FIN request; later ones have no effect. */
  void finishAt(long timeNs) {
    if (!finAsked) {
      finAsked = true;
      finTimeNs = timeNs;
    }
  }

  /**
   * Sends whatever is due.
   *
   * @return when to call again, on the endpoint's clock; -1 (for ever) when an event will tell
   */
  long pump(TransportSocket socket) {
    int turn = 0;
    while (leavingCount == 0) {
      long now = owner.nowNs();
      PendingSend head = queue.peek();
      if (isFinNext(head)) {
        if (Long.compareUnsigned(now, finTimeNs) < 0) {
          return finTimeNs;
        }
        finDone = true;
        discardQueue(now);
        outcome.finish();
        return -1;
      }
      if (head == null) {
        return -1;
      }
      if (Long.compareUnsigned(head.timeNs(), now) > 0) {
        return head.timeNs();
      }
      if (turn >= TURN) {
        return now;
      }
      if (turn > 0 && owner.isAnotherFirst(head.timeNs(), head.order())) {
        return head.timeNs();
      }
      long waitNs = owner.rateWaitNs(head.data().remaining());
      if (waitNs > 0) {
        return now + waitNs;
      }
      turn += gather(socket, now);
      long handedNs = proto == Protocol.RAW ? owner.nowNs() : 0;
      if (!socket.flush()) {
        return -1; // an event follows: flushed or failed
      }
      // After the call, as the C package takes it. A raw packet may be answered before the call returns: its time is taken before.
      left(proto == Protocol.RAW ? handedNs : owner.nowNs());
    }
    return -1;
  }

  private boolean isFinNext(PendingSend head) {
    return finAsked && !finDone && (head == null || Long.compareUnsigned(head.timeNs(), finTimeNs) >= 0);
  }

  private int gather(TransportSocket socket, long now) {
    int most = proto == Protocol.TCP ? 1 : BATCH;
    leavingFirst = offered;
    rejected = 0;
    while (leavingCount < most) {
      PendingSend head = queue.peek();
      if (head == null || Long.compareUnsigned(head.timeNs(), now) > 0 || isFinNext(head)) {
        break;
      }
      if (leavingCount > 0
          && (!isProven(head) || owner.isAnotherFirst(head.timeNs(), head.order()) || owner.rateWaitNs(head.data().remaining()) > 0)) {
        break;
      }
      queue.poll();
      leaving[leavingCount++] = head;
      owner.rateSent(head.data().remaining());
      offered = offered + 1 & Integer.MAX_VALUE;
      if (head.tag() == 0 && socket instanceof RawTransportSocket raw) {
        raw.offerUntimed(head.data()); // nobody will hear when it left
      } else {
        socket.offer(head.data(), head.to());
      }
    }
    return leavingCount;
  }

  /**
   * Whether one like it has left before. A failure does not tell which datagram of a batch it was (a raw socket's does), so one that may well fail (a new
   * destination, a greater length) is never behind others in a batch: those would be reported as not sent although they were.
   */
  private boolean isProven(PendingSend send) {
    return proto == Protocol.RAW || send.data().remaining() <= provenSize && send.to().equals(provenTo);
  }

  /** The operating system rejected one packet of those that are leaving; by number of the offer. */
  void rejected(int number) {
    int index = number - leavingFirst & Integer.MAX_VALUE;
    if (index < leavingCount) {
      rejected |= 1L << index;
    }
  }

  /** Everything handed to the operating system has left, except what it rejected. */
  void left(long timeNs) {
    for (int i = 0; i < leavingCount; i++) {
      PendingSend send = leaving[i];
      leaving[i] = null;
      if ((rejected & 1L << i) != 0) {
        discard(send, timeNs);
        continue;
      }
      settle(send);
      int size = send.data().limit();
      owner.counters().unitsSent++;
      owner.counters().octetsSent += size;
      if (send.to() != null) {
        provenSize = send.to().equals(provenTo) ? Math.max(provenSize, size) : size;
        provenTo = send.to();
      }
      if (send.tag() != 0) {
        outcome.left(send.tag(), leavingFirst + i & Integer.MAX_VALUE, timeNs);
      }
    }
    leavingCount = 0;
  }

  /** The number of the send that is next; more than any when there is none. */
  long nextOrder() {
    PendingSend head = queue.peek();
    return head == null ? Long.MAX_VALUE : head.order();
  }

  /** The tag of the send that is under way or next, 0 when there is none. */
  int firstTag() {
    PendingSend first = leavingCount > 0 ? leaving[0] : queue.peek();
    return first == null ? 0 : first.tag();
  }

  /** Reports everything that has not left as not sent. */
  void discard(long timeNs) {
    for (int i = 0; i < leavingCount; i++) {
      discard(leaving[i], timeNs);
      leaving[i] = null;
    }
    leavingCount = 0;
    discardQueue(timeNs);
  }

  private void discardQueue(long timeNs) {
    while (!queue.isEmpty()) {
      discard(queue.poll(), timeNs);
    }
  }

  private void discard(PendingSend send, long timeNs) {
    settle(send);
    if (send.tag() != 0) {
      outcome.discarded(send.tag(), timeNs);
    }
  }

  private void settle(PendingSend send) {
    owner.buffer().release(send.charge());
    charged -= send.charge();
  }

  /** Forgets everything without a word and gives its buffer back. */
  void abandon() {
    owner.buffer().release(charged);
    charged = 0;
    queue.clear();
    leavingCount = 0;
  }
}
