package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.parts.RawFailures;

/**
 * A network interface. The system is asked and not the JDK, which looks for IPv6 addresses in the namespace of the process rather than in that of
 * the thread.
 *
 * @param linkType the system's number of the kind of link, 1 for Ethernet; -1 when it does not say
 */
record Interface(String name, int index, int linkType) {
  private static final int ETHERNET = 1;
  private static final int LOOPBACK = 772;
  private static final int NO_HEADER = 65_534;
  private static final int POINT_TO_POINT = 512;
  private static final int ETHERNET_HEADER = 14;
  private static final int LINK_TYPE = 8;

  private static final int NEXT = 0;
  private static final int NAME = 8;
  private static final int SOCKET_ADDRESS = 24;
  private static final int LONGEST_NAME = 16;

  /** The interface that carries an address; that of the address's scope if it has one. */
  static Interface of(Libc libc, InetAddress address) throws OpenFailedException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(ADDRESS);
      int error = libc.getifaddrs(list);
      if (error < 0) {
        throw RawFailures.open("listing interfaces", -error);
      }
      MemorySegment first = list.get(ADDRESS, 0);
      try {
        for (MemorySegment entry = first; entry.address() != 0; entry = entry.get(ADDRESS, NEXT)) {
          entry = entry.reinterpret(56);
          if (carries(entry.get(ADDRESS, SOCKET_ADDRESS), address.getAddress())) {
            MemorySegment name = entry.get(ADDRESS, NAME).reinterpret(LONGEST_NAME);
            Interface found = new Interface(name.getString(0), libc.interfaceIndex(name), linkType(first, name.getString(0)));
            if (!(address instanceof Inet6Address six) || six.getScopeId() == 0 || six.getScopeId() == found.index) {
              return found;
            }
          }
        }
      } finally {
        Libc.freeifaddrs(first);
      }
    }
    throw new OpenFailedException(Reason.NO_ADDRESS, "no interface has the address " + address.getHostAddress());
  }

  private static int linkType(MemorySegment first, String name) {
    for (MemorySegment entry = first; entry.address() != 0; entry = entry.get(ADDRESS, NEXT)) {
      entry = entry.reinterpret(56);
      MemorySegment socketAddress = entry.get(ADDRESS, SOCKET_ADDRESS);
      if (socketAddress.address() != 0
          && socketAddress.reinterpret(2).get(JAVA_SHORT, 0) == Libc.AF_PACKET
          && entry.get(ADDRESS, NAME).reinterpret(LONGEST_NAME).getString(0).equals(name)) {
        return Short.toUnsignedInt(socketAddress.reinterpret(LINK_TYPE + 2).get(JAVA_SHORT, LINK_TYPE));
      }
    }
    return -1;
  }

  /** Octets that the kernel keeps before the network layer of a packet that has arrived; -1 when we do not know. */
  int linkHeader() {
    return switch (linkType) {
      case ETHERNET, LOOPBACK -> ETHERNET_HEADER;
      case NO_HEADER, POINT_TO_POINT -> 0;
      default -> -1;
    };
  }

  /** Whether it is a bridge between others. */
  boolean isBridge() {
    return Files.isDirectory(Path.of("/sys/class/net", name, "bridge"));
  }

  private static boolean carries(MemorySegment socketAddress, byte[] octets) {
    if (socketAddress.address() == 0) {
      return false;
    }
    boolean ipv6 = octets.length == 16;
    if (socketAddress.reinterpret(2).get(JAVA_SHORT, 0) != (ipv6 ? Libc.AF_INET6 : Libc.AF_INET)) {
      return false;
    }
    MemorySegment own = socketAddress.reinterpret(ipv6 ? 28 : 16);
    return Arrays.equals(octets, own.asSlice(ipv6 ? 8 : 4, octets.length).toArray(JAVA_BYTE));
  }
}
