package org.pktlab.endpoint.core;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.StatusCode;
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
    /** A tagged send has left, or never will. */
    void tagged(int tag, long timeNs, int status);

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
    queue.add(new PendingSend(timeNs, tag, copy, to, charge));
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
      long waitNs = owner.rateWaitNs(head.data().remaining());
      if (waitNs > 0) {
        return now + waitNs;
      }
      turn += gather(socket, now);
      if (!socket.flush()) {
        return -1; // an event follows: flushed or failed
      }
      left(owner.nowNs());
    }
    return -1;
  }

  private boolean isFinNext(PendingSend head) {
    return finAsked && !finDone && (head == null || Long.compareUnsigned(head.timeNs(), finTimeNs) >= 0);
  }

  private int gather(TransportSocket socket, long now) {
    int most = proto == Protocol.TCP ? 1 : BATCH;
    while (leavingCount < most) {
      PendingSend head = queue.peek();
      if (head == null || Long.compareUnsigned(head.timeNs(), now) > 0 || isFinNext(head)) {
        break;
      }
      if (leavingCount > 0 && (!isProven(head) || owner.rateWaitNs(head.data().remaining()) > 0)) {
        break;
      }
      queue.poll();
      leaving[leavingCount++] = head;
      owner.rateSent(head.data().remaining());
      socket.offer(head.data(), head.to());
    }
    return leavingCount;
  }

  /**
   * Whether one like it has left before. A failure does not tell which datagram of a batch it was, so one that may well fail (a new destination, a greater
   * length) is never behind others in a batch: those would be reported as not sent although they were.
   */
  private boolean isProven(PendingSend send) {
    return send.data().remaining() <= provenSize && send.to().equals(provenTo);
  }

  /** Everything handed to the operating system has left. */
  void left(long timeNs) {
    for (int i = 0; i < leavingCount; i++) {
      PendingSend send = leaving[i];
      leaving[i] = null;
      settle(send);
      int size = send.data().limit();
      owner.counters().unitsSent++;
      owner.counters().octetsSent += size;
      if (send.to() != null) {
        provenSize = send.to().equals(provenTo) ? Math.max(provenSize, size) : size;
        provenTo = send.to();
      }
      if (send.tag() != 0) {
        owner.sendTimes().record(send.tag(), timeNs);
        outcome.tagged(send.tag(), timeNs, StatusCode.SUCCESS);
      }
    }
    leavingCount = 0;
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
      outcome.tagged(send.tag(), timeNs, StatusCode.EPKTNOTSENT);
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
