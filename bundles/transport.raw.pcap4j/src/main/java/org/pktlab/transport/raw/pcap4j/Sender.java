package org.pktlab.transport.raw.pcap4j;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.parts.Errno;
import org.pktlab.transport.parts.KernelSendTimes;
import org.pktlab.transport.parts.RawFailures;
import org.pktlab.transport.parts.RawHeaders;

/**
 * Hands packets to a raw IP socket (protocol, section 8.2). The next hop and its link address are the kernel's business. Packets wait one after the other in one piece
 * of memory, which grows; how much is bounded by the user, who charges for what is queued. Owned by the loop.
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

  private static final int IDLE_OCTETS = 262_144;
  private static final int SLOTS = 256;

  /** Packets of one system call: more of them make it no faster. */
  private static final int TOGETHER = 64;

  // struct mmsghdr on 64-bit machines, and what it points to.
  private static final int MESSAGE = 64;
  private static final int MESSAGE_NAME = 0;
  private static final int MESSAGE_NAME_LENGTH = 8;
  private static final int MESSAGE_VECTORS = 16;
  private static final int MESSAGE_VECTOR_COUNT = 24;
  private static final int MESSAGE_CONTROL = 32;
  private static final int MESSAGE_CONTROL_LENGTH = 40;
  private static final int VECTOR = 16;
  private static final int NAME = 28;

  private final int fd;
  private final boolean ipv6;
  private final int scope;
  private final Listener listener;
  private final ByteBuffer messages = memory(MESSAGE);
  private final ByteBuffer vectors = memory(VECTOR);
  private final ByteBuffer names = memory(NAME);
  private final ByteBuffer requests = memory(SendStamps.REQUEST);
  private final long messagesAddress = address(messages);
  private ByteBuffer data;
  private final KernelSendTimes times;
  private final SendStamps stamps;
  private int[] lengths = new int[SLOTS];
  private boolean[] timed = new boolean[SLOTS];
  private int timedCount;
  private int count;
  private int next;
  private int nextOffset;
  private int firstNumber;
  private int error;
  private boolean closed;

  /**
   * Opens the socket, bound to an address.
   *
   * @param scope the interface of link-local destinations
   */
  Sender(InetAddress local, int scope, int kernelBuffer, Listener listener) throws OpenFailedException {
    this.ipv6 = local.getAddress().length == 16;
    this.scope = scope;
    this.listener = listener;
    this.times = new KernelSendTimes(listener);
    for (int i = 0; i < TOGETHER; i++) {
      names.putShort(i * NAME, (short) (ipv6 ? LibC.AF_INET6 : LibC.AF_INET));
      messages.putLong(i * MESSAGE + MESSAGE_NAME, address(names) + (long) i * NAME).putInt(i * MESSAGE + MESSAGE_NAME_LENGTH, ipv6 ? NAME : 16);
      messages.putLong(i * MESSAGE + MESSAGE_CONTROL, address(requests) + (long) i * SendStamps.REQUEST);
      SendStamps.putRequest(requests, i * SendStamps.REQUEST);
      messages.putLong(i * MESSAGE + MESSAGE_VECTORS, address(vectors) + (long) i * VECTOR).putLong(i * MESSAGE + MESSAGE_VECTOR_COUNT, 1);
    }
    int opened = -1;
    String what = "a raw IP socket";
    try {
      opened = LibC.socket(ipv6 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_RAW | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, LibC.IPPROTO_RAW);
      what = "binding a raw IP socket";
      byte[] address = address(local, scope);
      LibC.bind(opened, address, address.length);
      if (!ipv6) { // the protocol alone says so for IPv6
        what = "a raw IP socket with headers";
        LibC.setsockopt(opened, LibC.SOL_IP, LibC.IP_HDRINCL, new int[] {1}, 4);
      }
      LibC.setsockopt(opened, LibC.SOL_SOCKET, LibC.SO_SNDBUF, new int[] {kernelBuffer}, 4);
    } catch (LastErrorException e) {
      if (opened >= 0) {
        LibC.close(opened);
      }
      throw RawFailures.open(what, e.getErrorCode());
    }
    fd = opened;
    stamps = SendStamps.of(fd);
  }

  private static ByteBuffer memory(int each) {
    return ByteBuffer.allocateDirect(each * TOGETHER).order(ByteOrder.nativeOrder());
  }

  private static long address(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  /** Whether the host still has an address: 0 or an error number. */
  static int probe(byte[] name) {
    try {
      int probe = LibC.socket(name.length == 28 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
      try {
        LibC.bind(probe, name, name.length);
      } finally {
        LibC.close(probe);
      }
      return 0;
    } catch (LastErrorException e) {
      return e.getErrorCode() == Errno.EADDRNOTAVAIL ? Errno.EADDRNOTAVAIL : 0; // no descriptors left: another time
    }
  }

  /** An address in the system's form, of any port. */
  static byte[] address(InetAddress local, int scope) {
    byte[] octets = local.getAddress();
    boolean ipv6 = octets.length == 16;
    ByteBuffer address = ByteBuffer.allocate(ipv6 ? 28 : 16).order(ByteOrder.nativeOrder());
    address.putShort(0, (short) (ipv6 ? LibC.AF_INET6 : LibC.AF_INET)).put(ipv6 ? 8 : 4, octets);
    if (ipv6 && local.isLinkLocalAddress()) {
      address.putInt(24, scope);
    }
    return address.array();
  }

  int error() {
    return error;
  }

  /** Whether times can be expected: some devices give none. */
  boolean tellsTimes() {
    return stamps != null && times.areExpected();
  }

  /** Whether times of packets that have left are still to come. */
  boolean awaitsTimes() {
    return stamps != null && times.areAwaited();
  }

  void offer(ByteBuffer packet, boolean wantsTime) {
    int length = packet.remaining();
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, 2 * count);
      timed = Arrays.copyOf(timed, 2 * count);
    }
    timed[count] = wantsTime && stamps != null;
    timedCount += timed[count] ? 1 : 0;
    lengths[count++] = length;
    if (length <= RawHeaders.LONGEST) {
      reserve(length);
      data.put(packet);
    } else {
      packet.position(packet.limit());
    }
  }

  private void reserve(int length) {
    if (data == null) {
      data = ByteBuffer.allocateDirect(IDLE_OCTETS);
    } else if (data.remaining() < length) {
      data = ByteBuffer.allocateDirect(2 * data.capacity()).put(data.flip());
    }
  }

  /** Sends as much as the system takes. */
  Outcome drain() {
    while (next < count) {
      int wanted = prepare();
      int verdict = wanted == 0 ? ownVerdict(lengths[next], nextOffset) : send(wanted);
      if (verdict == Errno.EAGAIN) {
        return Outcome.BLOCKED;
      }
      if (verdict != 0 && !RawFailures.isOfOnePacket(verdict)) {
        error = verdict;
        return Outcome.FAILED;
      }
      if (verdict != 0) {
        int number = firstNumber + next & Integer.MAX_VALUE;
        leaveBehind();
        times.interrupted();
        listener.rejected(number, verdict);
        if (listener.isClosed()) {
          return Outcome.CLOSED;
        }
      }
    }
    times.interrupted();
    clear();
    return Outcome.DONE;
  }

  /** Sets up messages for the packets that are next; 0 when the first of them is to be rejected. */
  private int prepare() {
    long start = data == null ? 0 : address(data);
    int offset = nextOffset;
    int wanted = Math.min(TOGETHER, count - next);
    for (int i = 0; i < wanted; i++) {
      int length = lengths[next + i];
      if (ownVerdict(length, offset) != 0) {
        return i;
      }
      vectors.putLong(i * VECTOR, start + offset).putLong(i * VECTOR + 8, length);
      messages.putLong(i * MESSAGE + MESSAGE_CONTROL_LENGTH, isAsked(next + i) ? SendStamps.REQUEST : 0);
      setName(i * NAME, offset);
      offset += length;
    }
    return wanted;
  }

  /** Sends what is prepared; 0 when at least one packet was taken, or the error number of the first. */
  private int send(int wanted) {
    while (true) {
      try {
        took(LibC.sendmmsg(fd, messagesAddress, wanted, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL));
        return 0;
      } catch (LastErrorException e) {
        if (e.getErrorCode() != Errno.EINTR) {
          return e.getErrorCode();
        }
      }
    }
  }

  private void took(int packets) {
    for (int i = 0; i < packets; i++) {
      if (isAsked(next)) {
        times.asked(firstNumber + next & Integer.MAX_VALUE, isTimedBurst());
      }
      leaveBehind();
    }
    readTimes();
  }

  /** Whether these packets are a burst whose times are wanted, of which not every packet is asked for. */
  private boolean isTimedBurst() {
    return timedCount == count && KernelSendTimes.isBurst(count);
  }

  private boolean isAsked(int index) {
    return timed[index] && (!isTimedBurst() || KernelSendTimes.isAsked(index, count));
  }

  /** Tells the times that are there by now. */
  void readTimes() {
    while (stamps != null && times.areOwed() && !listener.isClosed() && stamps.read(times)) {
      // there may be more
    }
  }

  private void leaveBehind() {
    int length = lengths[next++];
    nextOffset += length <= RawHeaders.LONGEST ? length : 0;
  }

  private void clear() {
    firstNumber = firstNumber + count & Integer.MAX_VALUE;
    count = 0;
    timedCount = 0;
    next = 0;
    nextOffset = 0;
    if (data != null) {
      data.clear();
      if (data.capacity() > IDLE_OCTETS) {
        data = null;
      }
    }
    if (lengths.length > IDLE_OCTETS) {
      lengths = new int[SLOTS];
      timed = new boolean[SLOTS];
    }
  }

  private void setName(int at, int offset) {
    if (ipv6) {
      names.put(at + 8, data, offset + 24, 16).putInt(at + 24, RawHeaders.isLinkLocal(data.get(offset + 24) & 0xFF, data.get(offset + 25)) ? scope : 0);
    } else {
      names.put(at + 4, data, offset + 16, 4);
    }
  }

  /** What this socket cannot send; an error number, 0 for none. */
  private int ownVerdict(int length, int offset) {
    int verdict = RawHeaders.lengthError(ipv6, length);
    return verdict != 0 ? verdict : RawHeaders.headerError(ipv6, length, data.get(offset) & 0xFF);
  }

  /** Closes the socket. Idempotent. */
  void close() {
    if (!closed) {
      closed = true;
      try {
        LibC.close(fd);
      } catch (LastErrorException e) {
        // it is closed all the same
      }
    }
  }
}
