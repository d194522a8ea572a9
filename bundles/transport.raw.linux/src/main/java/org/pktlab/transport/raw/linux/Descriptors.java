package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.parts.Errno;
import org.pktlab.transport.parts.RawFailures;

/**
 * The descriptors of one raw socket, open. The packet socket receives nothing until {@link #bindPackets} was called.
 *
 * @param sending raw IP socket, bound to the address
 * @param packets packet socket without link-layer header
 * @param signal event descriptor
 */
record Descriptors(int sending, int packets, int signal) {
  private static final int NOT_BLOCKING = Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;

  /** Accepts what comes in: {@code ldb [type of the packet]; jge #PACKET_OUTGOING; ret #-1; ret #0}. */
  private static final long[] INCOMING = {code(0x30, 0, 0, 0xFFFF_F004), code(0x35, 1, 0, 4), code(0x06, 0, 0, -1), code(0x06, 0, 0, 0)};

  private static final long[] NOTHING = {code(0x06, 0, 0, 0)};

  /** Opens them all, or none. */
  static Descriptors open(Libc libc, Arena arena, InetAddress address, int scope, int kernelBuffer) throws OpenFailedException {
    int sending = -1;
    int packets = -1;
    int signal = -1;
    boolean done = false;
    try {
      boolean ipv6 = address instanceof Inet6Address;
      sending = check("a raw IP socket", libc.socket(ipv6 ? Libc.AF_INET6 : Libc.AF_INET, Libc.SOCK_RAW | NOT_BLOCKING, Libc.IPPROTO_RAW));
      check("binding a raw IP socket", libc.bind(sending, name(arena, address, scope)));
      if (!ipv6) {
        check("a raw IP socket with headers", libc.setOption(sending, Libc.SOL_IP, Libc.IP_HDRINCL, 1)); // the protocol alone says so for IPv6
      }
      libc.setBuffer(sending, Libc.SO_SNDBUFFORCE, Libc.SO_SNDBUF, kernelBuffer);
      libc.setBuffer(sending, Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, kernelBuffer); // holds the times of sent packets
      packets = check("a packet socket", libc.socket(Libc.AF_PACKET, Libc.SOCK_DGRAM | NOT_BLOCKING, 0));
      libc.setBuffer(packets, Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, kernelBuffer);
      check("times of packets", libc.setOption(packets, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPNS, 1));
      libc.setOption(packets, Libc.SOL_PACKET, Libc.PACKET_IGNORE_OUTGOING, 1); // saves work on kernels that know it; the filter does it on all
      signal = check("an event descriptor", libc.eventfd());
      done = true;
      return new Descriptors(sending, packets, signal);
    } finally {
      if (!done) {
        libc.close(sending);
        libc.close(packets);
        libc.close(signal);
      }
    }
  }

  void close(Libc libc) {
    libc.close(sending);
    libc.close(packets);
    libc.close(signal);
  }

  /** Lets the packet socket receive from an interface. Gives back 0 or a negative error number. */
  int bindPackets(Libc libc, int interfaceIndex) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(20, 8);
      name.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
      name.set(JAVA_SHORT, 2, Short.reverseBytes((short) Libc.ETH_P_ALL));
      name.set(JAVA_INT, 4, interfaceIndex);
      return libc.bind(packets, name);
    }
  }

  /** Lets the packet socket take incoming packets, or nothing. Gives back 0 or a negative error number. */
  int accept(Libc libc, boolean incoming) {
    long[] program = incoming ? INCOMING : NOTHING;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment head = arena.allocate(16, 8);
      head.set(JAVA_SHORT, 0, (short) program.length);
      head.set(ADDRESS, 8, arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_LONG, program));
      return libc.setOption(packets, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, head);
    }
  }

  private static int check(String what, int returned) throws OpenFailedException {
    if (returned < 0) {
      throw RawFailures.open(what, -returned);
    }
    return returned;
  }

  /** Whether the host has an address, as far as one can tell without rights: 0, or a negative error number. */
  static int probe(Libc libc, MemorySegment name) {
    int fd = libc.socket(name.get(JAVA_SHORT, 0), Libc.SOCK_DGRAM | NOT_BLOCKING, 0);
    if (fd < 0) {
      return 0; // no descriptors left: another time
    }
    int error = libc.bind(fd, name);
    libc.close(fd);
    return error == -Errno.EADDRNOTAVAIL ? error : 0;
  }

  /** An address in the system's form, of any port. */
  static MemorySegment name(Arena arena, InetAddress address, int scope) {
    byte[] octets = address.getAddress();
    boolean ipv6 = octets.length == 16;
    MemorySegment name = arena.allocate(ipv6 ? 28 : 16, 8);
    name.set(JAVA_SHORT, 0, (short) (ipv6 ? Libc.AF_INET6 : Libc.AF_INET));
    MemorySegment.copy(octets, 0, name, JAVA_BYTE, ipv6 ? 8 : 4, octets.length);
    if (ipv6 && address.isLinkLocalAddress()) {
      name.set(JAVA_INT, 24, scope);
    }
    return name;
  }

  /** An instruction of a classic socket filter, as it lies in memory: code, jump if true, jump if false, constant. */
  private static long code(int code, int ifTrue, int ifFalse, int constant) {
    long little = code | (long) ifTrue << 16 | (long) ifFalse << 24 | (long) constant << 32;
    return java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN
        ? little
        : (long) code << 48 | (long) ifTrue << 40 | (long) ifFalse << 32 | Integer.toUnsignedLong(constant);
  }
}
