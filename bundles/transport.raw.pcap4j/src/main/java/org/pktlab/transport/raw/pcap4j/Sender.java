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
  interface Listener {
    /** One packet was not taken; {@code error} is the system's, or that of our own check. */
    void rejected(int number, int error);

    boolean isClosed();
  }

  private static final int IDLE_OCTETS = 262_144;
  private static final int SLOTS = 256;

  private final int fd;
  private final boolean ipv6;
  private final int scope;
  private final Listener listener;
  private final ByteBuffer name = ByteBuffer.allocateDirect(28).order(ByteOrder.nativeOrder());
  private final long nameAddress = address(name);
  private ByteBuffer data;
  private int[] lengths = new int[SLOTS];
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
    name.putShort(0, (short) (ipv6 ? LibC.AF_INET6 : LibC.AF_INET));
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

  void offer(ByteBuffer packet) {
    int length = packet.remaining();
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
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
    long start = data == null ? 0 : address(data);
    while (next < count) {
      int length = lengths[next];
      int verdict = ownVerdict(length);
      if (verdict == 0) {
        verdict = send(start + nextOffset, length);
      }
      if (verdict == Errno.EAGAIN) {
        return Outcome.BLOCKED;
      }
      if (verdict != 0 && !RawFailures.isOfOnePacket(verdict)) {
        error = verdict;
        return Outcome.FAILED;
      }
      int number = firstNumber + next++ & Integer.MAX_VALUE;
      nextOffset += length <= RawHeaders.LONGEST ? length : 0;
      if (verdict != 0) {
        listener.rejected(number, verdict);
        if (listener.isClosed()) {
          return Outcome.CLOSED;
        }
      }
    }
    clear();
    return Outcome.DONE;
  }

  private void clear() {
    firstNumber = firstNumber + count & Integer.MAX_VALUE;
    count = 0;
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
    }
  }

  /** Sends a packet; 0 or the error number. */
  private int send(long address, int length) {
    setName();
    while (true) {
      try {
        LibC.sendto(fd, address, length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL, nameAddress, ipv6 ? 28 : 16);
        return 0;
      } catch (LastErrorException e) {
        if (e.getErrorCode() != Errno.EINTR) {
          return e.getErrorCode();
        }
      }
    }
  }

  private void setName() {
    if (ipv6) {
      name.put(8, data, nextOffset + 24, 16).putInt(24, RawHeaders.isLinkLocal(data.get(nextOffset + 24) & 0xFF, data.get(nextOffset + 25)) ? scope : 0);
    } else {
      name.put(4, data, nextOffset + 16, 4);
    }
  }

  /** What this socket cannot send; an error number, 0 for none. */
  private int ownVerdict(int length) {
    int verdict = RawHeaders.lengthError(ipv6, length);
    return verdict != 0 ? verdict : RawHeaders.headerError(ipv6, length, data.get(nextOffset) & 0xFF);
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
