package org.pktlab.endpoint.core;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.pktlab.transport.RawTransportSocket.TimeSource;

/**
 * Waits for the kernel to tell when tagged packets of a raw socket left, at most {@link #PATIENCE_NS} for each; then the time taken in user space stands in, and is
 * counted. Owned by the session's loop.
 */
final class SendStamps {
  /** How long the kernel's word is waited for. */
  static final long PATIENCE_NS = 1_000_000;

  private static final int EARLY = 256;

  /** Told what each tagged packet's time is. */
  interface Taker {
    /** A tagged packet left at {@code timeNs}. */
    void stamped(int tag, long timeNs);

    /** The packet that was waited for longest is waited for no more: {@link SendStamps#isSettled} may say yes to more. */
    void settled();
  }

  /** A packet that has left, the how manieth that is waited for, and when it left as seen from user space. */
  private record Waiting(int number, int tag, long userNs, long sequence) {}

  private final Taker taker;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final int[] earlyNumber = new int[EARLY];
  private final long[] earlyNs = new long[EARLY];
  private final TimeSource[] earlySource = new TimeSource[EARLY];
  private long waitedFor;
  private TimeSource worst;
  private long missed;

  SendStamps(Taker taker) {
    this.taker = taker;
    Arrays.fill(earlyNumber, -1);
  }

  /** Whether the time of a packet that has left is not known yet. */
  boolean awaiting() {
    return !waiting.isEmpty();
  }

  /** The packet that left last of those that are waited for, to ask {@link #isSettled} of. */
  long last() {
    return waitedFor;
  }

  /** Whether the times of this packet and of all before it are known. */
  boolean isSettled(long sequence) {
    return waiting.isEmpty() || waiting.peek().sequence() > sequence;
  }

  /** The worst source of a time so far; null when there was none. */
  TimeSource worst() {
    return worst;
  }

  /** Packets whose time did not come, so far. */
  long missed() {
    return missed;
  }

  /**
   * A tagged packet has left.
   *
   * @param userNs when, as seen from user space
   * @param told whether the transport tells times at all
   */
  void left(int number, int tag, long userNs, boolean told) {
    int slot = number & EARLY - 1;
    if (!told) {
      stamp(tag, userNs, TimeSource.USER);
    } else if (earlyNumber[slot] == number) {
      earlyNumber[slot] = -1;
      stamp(tag, earlyNs[slot], earlySource[slot]);
    } else {
      waiting.add(new Waiting(number, tag, userNs, ++waitedFor));
    }
  }

  /** The transport tells when a packet left, before or after {@link #left} was called for it. */
  void told(int number, long timeNs, TimeSource source) {
    for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
      Waiting next = each.next();
      if (next.number() == number) {
        boolean first = next == waiting.peek();
        each.remove();
        stamp(next.tag(), timeNs, source);
        if (first) {
          taker.settled();
        }
        return;
      }
    }
    earlyNumber[number & EARLY - 1] = number;
    earlyNs[number & EARLY - 1] = timeNs;
    earlySource[number & EARLY - 1] = source;
  }

  /**
   * Gives up what has been waited for long enough.
   *
   * @return when to call again, on the endpoint's clock; -1 when nothing is waited for
   */
  long expire(long nowNs) {
    boolean some = false;
    while (!waiting.isEmpty() && isOverdue(nowNs - waiting.peek().userNs())) {
      Waiting late = waiting.poll();
      missed = Math.min(0xFFFFFFFFL, missed + 1);
      stamp(late.tag(), late.userNs(), TimeSource.USER);
      some = true;
    }
    if (some) {
      taker.settled();
    }
    return waiting.isEmpty() ? -1 : waiting.peek().userNs() + PATIENCE_NS;
  }

  /** Time that runs backwards is a clock that was set: nobody knows how long it has been. */
  private static boolean isOverdue(long waitedNs) {
    return waitedNs < 0 || waitedNs >= PATIENCE_NS;
  }

  private void stamp(int tag, long timeNs, TimeSource source) {
    worst = worst == null || source.compareTo(worst) < 0 ? source : worst;
    taker.stamped(tag, timeNs);
  }
}
