package org.pktlab.mlet.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.FailureReason;
import org.pktlab.mlet.NotSentException;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.SocketFailedException;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.StatusCode;

/**
 * The sending side of one socket. Sends are pipelined: a call returns once the request is on its way, and the endpoint's answer and its
 * ntag are dealt with later. Everything the endpoint accepts is tagged, so that the window knows when it left its buffer.
 *
 * <p>Should the endpoint's buffer be full all the same, what it refused is sent again, in order and from then on one at a time. On a
 * stream, where a later piece must not have been accepted in between, the socket fails rather than leave a gap.
 */
final class Outbox {
  private static final int TAGS = 0xFFFF;
  private static final int MOST_TAGGED = 60_000;
  private static final long FIRST_PAUSE_MS = 5;
  private static final long LONGEST_PAUSE_MS = 200;

  private final SessionWire wire;
  private final SendWindow window;
  private final int sktid;
  private final int family;
  private final int proto;
  private final boolean stream;
  private final ConcurrentHashMap<Integer, PendingSend> tagged = new ConcurrentHashMap<>();
  private volatile IOException broken;
  private volatile boolean closed;

  // Senders, under this lock, so that calls keep their order.
  private final ReentrantLock calls = new ReentrantLock();
  private int lastTag;
  private long lastTimeNs;
  private boolean finished;

  // The loop only.
  private final ArrayDeque<Exchange> held = new ArrayDeque<>();
  private final List<PendingSend> refused = new ArrayList<>();
  private Exchange fin;
  private int unanswered;
  private boolean careful;
  private boolean pausing;
  private long pauseMs = FIRST_PAUSE_MS;

  Outbox(SessionWire wire, SendWindow window, int sktid, int family, int proto, boolean stream) {
    this.wire = wire;
    this.window = window;
    this.sktid = sktid;
    this.family = family;
    this.proto = proto;
    this.stream = stream;
  }

  /** Sends {@code length} octets from the buffer. Blocks for room only. */
  PendingSend send(ByteBuffer data, int length, long timeNs, byte[] to, int port) throws IOException, InterruptedException {
    int charge = length + SendWindow.OVERHEAD;
    calls.lockInterruptibly();
    try {
      checkUsable();
      window.acquire(charge);
      boolean submitted = false;
      try {
        checkUsable();
        int tag = freeTag();
        PendingSend send = new PendingSend(this, Frames.send(sktid, family, proto, timeNs, tag, to, port, data, length), tag, charge);
        tagged.put(tag, send);
        if (Long.compareUnsigned(timeNs, lastTimeNs) > 0) {
          lastTimeNs = timeNs;
        }
        wire.submit(send);
        submitted = true;
        if (wire.lost() != null) {
          send.lost(wire.lost());
        }
        return send;
      } finally {
        if (!submitted) {
          window.release(charge);
        }
      }
    } finally {
      calls.unlock();
    }
  }

  private void checkUsable() throws IOException {
    if (closed) {
      throw new SocketFailedException(FailureReason.UNKNOWN, "the socket is closed");
    }
    if (finished) {
      throw new RefusedException(StatusCode.ESKTNOTOPEN, "the sending direction is finished");
    }
    IOException why = broken;
    if (why != null) {
      if (!stream && !(why instanceof SocketFailedException)) {
        // Datagrams are independent: one refusal is told once, the next datagram is tried.
        broken = null;
      }
      throw PendingSend.again(why);
    }
  }

  private int freeTag() throws InterruptedException, IOException {
    while (tagged.size() >= MOST_TAGGED) {
      // Far more than any buffer holds at once: wait for the oldest of them.
      window.checkMoving();
      PendingSend oldest = tagged.get(lastTag % TAGS + 1);
      if (oldest == null) {
        oldest = tagged.values().iterator().next();
      }
      try {
        oldest.awaitTimeNs(java.time.Duration.ofMillis(LONGEST_PAUSE_MS));
      } catch (java.util.concurrent.TimeoutException | RefusedException | NotSentException e) {
        checkUsable();
      }
    }
    do {
      lastTag = lastTag % TAGS + 1;
    } while (tagged.containsKey(lastTag));
    return lastTag;
  }

  /** Asks for FIN behind everything sent so far; null when that was done before. */
  Call finish() throws IOException, InterruptedException {
    calls.lockInterruptibly();
    try {
      if (finished) {
        return null;
      }
      checkUsable();
      finished = true;
      // A FIN executes before sends of its own time or later, so it goes one nanosecond behind the last of them (section 7.5).
      long timeNs = lastTimeNs == -1 ? -1 : lastTimeNs + 1;
      FinCall fin = new FinCall(Frames.finish(sktid, family, timeNs));
      wire.submit(fin.exchange);
      return fin.call;
    } finally {
      calls.unlock();
    }
  }

  /** A FIN keeps its place among the sends. */
  private final class FinCall {
    private final Call call;
    private final Exchange exchange;

    FinCall(byte[] frame) {
      call = new Call("finish the connection", frame);
      exchange =
          new Exchange(frame) {
            @Override
            boolean mayLeave() {
              // Not before every send was taken: behind one that was refused it would end the stream too early.
              fin = this;
              if (unanswered > 0 && !closed) {
                held.add(this);
                return false;
              }
              return Outbox.this.mayLeave(this);
            }

            @Override
            void answered(Answer answer) {
              unanswered--;
              call.answered(answer);
              pump();
            }

            @Override
            void lost(String reason) {
              call.lost(reason);
            }
          };
    }
  }

  /** Whether the exchange may be written now; otherwise it is kept here. The loop only. */
  boolean mayLeave(Exchange exchange) {
    if (closed) {
      drop(exchange);
      return false;
    }
    if (!held.isEmpty() || !refused.isEmpty() || (careful && unanswered > 0)) {
      held.add(exchange);
      return false;
    }
    unanswered++;
    return true;
  }

  /** The endpoint took or refused a send. The loop only. */
  void answered(PendingSend send, Answer answer) {
    unanswered--;
    boolean goesOn = !closed && !(stream && broken != null);
    if (answer.status() == StatusCode.ESYSNOBUFS && send.charge() <= window.bufferLimit() && goesOn) {
      careful = true;
      refused.add(send);
    } else if (!answer.isSuccess()) {
      RefusedException why = answer.refused("send");
      if (broken == null || !stream) {
        broken = why;
      }
      settle(send, 0, why);
    } else if (stream && !refused.isEmpty()) {
      SocketFailedException why =
          new SocketFailedException(FailureReason.UNKNOWN,
              "the endpoint's buffer ran full in the middle of the stream, which has a gap now");
      broken = why;
      refused.forEach(r -> settle(r, 0, why));
      refused.clear();
      dropHeld();
    } else {
      pauseMs = FIRST_PAUSE_MS;
    }
    if (unanswered == 0 && !refused.isEmpty()) {
      for (int i = refused.size() - 1; i >= 0; i--) {
        held.addFirst(refused.get(i));
      }
      refused.clear();
      pausing = true;
      wire.link().loop().schedule(this::afterPause, pauseMs, TimeUnit.MILLISECONDS);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    } else {
      pump();
    }
  }

  private void afterPause() {
    pausing = false;
    pump();
    wire.flush();
  }

  private void pump() {
    while (!pausing && refused.isEmpty() && !held.isEmpty() && (unanswered == 0 || !careful && held.peek() != fin)) {
      Exchange next = held.poll();
      if (closed) {
        drop(next);
      } else {
        unanswered++;
        wire.write(next);
      }
    }
  }

  /** An ntag came. The loop only; a tag that nobody waits for is ignored. */
  void tagged(int tag, long timeNs, int status) {
    PendingSend send = tagged.get(tag);
    if (send == null) {
      return;
    }
    if (status == StatusCode.SUCCESS) {
      settle(send, timeNs, null);
    } else {
      NotSentException why = new NotSentException("the endpoint discarded it: " + StatusCode.describe(status) + " ("
          + StatusCode.name(status) + ")");
      if (stream && broken == null) {
        broken = why;
      }
      settle(send, 0, why);
    }
  }

  /** The socket failed: later sends are told why. Any thread. */
  void failed(SocketFailedException why) {
    broken = why;
  }

  /** Makes a send's outcome known and frees its tag and room, once. Any thread. */
  void settle(PendingSend send, long timeNs, IOException failure) {
    if (send.settle(timeNs, failure)) {
      tagged.remove(send.tag(), send);
      window.release(send.charge());
    }
  }

  /** From now on nothing more is sent. Any thread. */
  void close() {
    closed = true;
  }

  /** The socket is gone at the endpoint: what it had not sent will never be. The loop only. */
  void gone() {
    closed = true;
    dropHeld();
    NotSentException why = new NotSentException("the socket was closed first");
    tagged.values().forEach(send -> settle(send, 0, why));
  }

  void lost(String reason) {
    Exchange next;
    while ((next = held.poll()) != null) {
      next.lost(reason);
    }
    tagged.values().forEach(send -> send.lost(reason));
  }

  private void dropHeld() {
    Exchange next;
    while ((next = held.poll()) != null) {
      drop(next);
    }
  }

  private void drop(Exchange exchange) {
    if (exchange instanceof PendingSend send) {
      settle(send, 0, new NotSentException("the socket was closed first"));
    } else {
      exchange.answered(new Answer(StatusCode.ESKTNOTOPEN, 0, 0, null));
    }
  }

  /** Address of the socket's block. */
  int block() {
    return MemoryMap.socketBlock(sktid);
  }
}
