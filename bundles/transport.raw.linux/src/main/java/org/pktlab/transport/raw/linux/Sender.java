package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import org.pktlab.transport.parts.Errno;
import org.pktlab.transport.parts.KernelSendTimes;
import org.pktlab.transport.parts.RawFailures;
import org.pktlab.transport.parts.RawHeaders;

/**
 * Hands packets to a raw IP socket, many with one call, and reads from its error queue when they left (protocol, section 8.2). The next hop and its link address are
 * the kernel's business. Owned by the loop.
 */
final class Sender {
  /** How a {@link #drain()} ended. */
  enum Outcome {
    DONE,
    /** The socket's buffer is full. */
    BLOCKED,
    /** {@link #error()} says why. */
    FAILED,
    /** The owner closed the socket. */
    CLOSED
  }

  /** Told of single packets. */
  interface Listener extends KernelSendTimes.Taker {
    /** One packet was not taken; {@code error} is the system's, or that of our own check. */
    void rejected(int number, int error);

    boolean isClosed();
  }

  private static final int FLAGS = 1 << 4 | 1 << 7 | 1 << 11; // SOFTWARE, OPT_ID, OPT_TSONLY
  private static final int TX_SOFTWARE = 1 << 1; // said with each packet whose time is wanted
  private static final int ORIGIN_TIMESTAMPING = 4;
  private static final int IPV4_NAME = 16;
  private static final int IPV6_NAME = 28;

  private final Libc libc;
  private final int fd;
  private final boolean ipv6;
  private final int scope;
  private final Listener listener;
  private final SendQueue queue = new SendQueue();
  private final Messages outgoing;
  private Messages stamps;
  private final int errorLevel;
  private final int errorType;
  private final KernelSendTimes times;
  private int next;
  private int firstNumber;
  private int error;

  /**
   * @param fd a raw socket, open as long as this is used
   * @param scope the interface of link-local destinations
   */
  Sender(Libc libc, Arena arena, int fd, boolean ipv6, int scope, Listener listener) {
    this.libc = libc;
    this.fd = fd;
    this.ipv6 = ipv6;
    this.scope = scope;
    this.listener = listener;
    times = new KernelSendTimes(listener);
    outgoing = new Messages(arena, ipv6 ? IPV6_NAME : IPV4_NAME, Messages.CONTROL_SPACE);
    errorLevel = ipv6 ? Libc.SOL_IPV6 : Libc.SOL_IP;
    errorType = ipv6 ? Libc.IPV6_RECVERR : Libc.IP_RECVERR;
    if (libc.setOption(fd, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPING, FLAGS) >= 0) {
      stamps = new Messages(arena, 0, 256);
      for (int i = 0; i < Messages.COUNT; i++) {
        outgoing.presetControl(i, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPING, TX_SOFTWARE);
      }
    }
  }

  /** Whether times can be expected: some devices give none. */
  boolean tellsTimes() {
    return stamps != null && times.areExpected();
  }

  /** Whether times of packets that have left are still to come. */
  boolean awaitsTimes() {
    return stamps != null && times.areAwaited();
  }

  int error() {
    return error;
  }

  void offer(ByteBuffer packet, boolean wantsTime) {
    queue.add(packet, wantsTime && stamps != null);
  }

  /** Sends as much as the system takes. */
  Outcome drain() {
    while (next < queue.count()) {
      int wanted = prepare();
      if (wanted == 0) {
        reject(ownVerdict(next));
      } else {
        int sent = libc.sendmmsg(fd, outgoing.segment(), wanted, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
        if (sent > 0) {
          took(sent);
        } else if (sent == -Errno.EAGAIN) {
          return Outcome.BLOCKED;
        } else if (RawFailures.isOfOnePacket(-sent)) {
          reject(-sent);
        } else if (sent != -Errno.EINTR) {
          error = -sent;
          return Outcome.FAILED;
        }
      }
      if (listener.isClosed()) {
        return Outcome.CLOSED;
      }
    }
    firstNumber = firstNumber + next & Integer.MAX_VALUE;
    next = 0;
    times.interrupted();
    queue.clear();
    return Outcome.DONE;
  }

  private int number(int index) {
    return firstNumber + index & Integer.MAX_VALUE;
  }

  private void took(int sent) {
    if (stamps != null) {
      for (int i = 0; i < sent; i++) {
        if (queue.isTimed(next + i)) {
          times.asked(number(next + i), queue.isTimedBurst());
        }
      }
    }
    next += sent;
    readTimes();
  }

  private void reject(int why) {
    int number = number(next++);
    times.interrupted(); // what is not sent has no time between those of its neighbours
    listener.rejected(number, why);
  }

  /** Sets up messages for the packets that are next; 0 when the first of them is to be rejected. */
  private int prepare() {
    int wanted = Math.min(Messages.COUNT, queue.count() - next);
    for (int i = 0; i < wanted; i++) {
      int index = next + i;
      if (ownVerdict(index) != 0) {
        return i;
      }
      outgoing.data(i, queue.address(index), queue.length(index));
      outgoing.hasControl(i, queue.isTimed(index));
      address(i, index);
    }
    return wanted;
  }

  /**
   * What the kernel would say too, but only after it had given the packet a key, so that later times would be those of wrong packets; or not at all.
   *
   * @return an error number, 0 for none
   */
  private int ownVerdict(int index) {
    int length = queue.length(index);
    int verdict = RawHeaders.lengthError(ipv6, length);
    return verdict != 0 ? verdict : RawHeaders.headerError(ipv6, length, queue.octet(index, 0));
  }

  private void address(int slot, int index) {
    var names = outgoing.names();
    long at = outgoing.nameOffset(slot);
    if (ipv6) {
      names.set(JAVA_SHORT, at, (short) Libc.AF_INET6);
      queue.copy(index, 24, names, at + 8, 16);
      names.set(JAVA_INT, at + 24, RawHeaders.isLinkLocal(queue.octet(index, 24), queue.octet(index, 25)) ? scope : 0);
    } else {
      names.set(JAVA_SHORT, at, (short) Libc.AF_INET);
      queue.copy(index, 16, names, at + 4, 4);
    }
  }

  /** Tells the times that are there by now. */
  void readTimes() {
    while (stamps != null && times.areOwed() && !listener.isClosed()) {
      int count = libc.recvmmsg(fd, stamps.segment(), Messages.COUNT, Libc.MSG_ERRQUEUE | Libc.MSG_DONTWAIT);
      if (count <= 0) {
        return;
      }
      for (int i = 0; i < count; i++) {
        readTime(i);
      }
      stamps.resetControls(count);
      if (count < Messages.COUNT) {
        return;
      }
    }
  }

  private void readTime(int index) {
    long time = stamps.control(index, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPING);
    long about = stamps.control(index, errorLevel, errorType);
    var controls = stamps.controls();
    if (time < 0 || about < 0 || controls.get(JAVA_BYTE, about + 4) != ORIGIN_TIMESTAMPING) {
      return;
    }
    if (!listener.isClosed()) {
      times.told(controls.get(JAVA_INT, about + 12), controls.get(JAVA_LONG, time) * 1_000_000_000 + controls.get(JAVA_LONG, time + 8));
    }
  }
}
