package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.pktlab.protocol.Family;

/** What a raw packet must be to leave (protocol specification, section 8.2). Looks at packets where they lie, and makes no objects for them. Immutable. */
final class RawPackets {
  private static final int IPV4_HEADER = 20;
  private static final int IPV4_SOURCE = 12;
  private static final int IPV6_HEADER = 40;
  private static final int IPV6_SOURCE = 8;

  private final byte[][] ipv4;
  private final byte[][] ipv6;

  RawPackets(ExportedHost host) {
    ipv4 = sources(host.ipv4().stream().map(ExportedHost.Prefix::address), Family.IPV4_LENGTH);
    ipv6 = sources(host.ipv6().stream(), Family.IPV6_LENGTH);
  }

  /** The source addresses that packets may have: those exported, and the unspecified one. */
  private static byte[][] sources(Stream<InetAddress> exported, int length) {
    return Stream.concat(exported.map(InetAddress::getAddress), Stream.of(new byte[length])).toArray(byte[][]::new);
  }

  /** Whether a packet has a header of its socket's family, and a source address that is exported or unspecified: foreign sources are never permitted. */
  boolean mayLeave(int family, ByteBuffer packet) {
    boolean isIpv4 = family == Family.IPV4;
    int start = packet.position();
    if (packet.remaining() < (isIpv4 ? IPV4_HEADER : IPV6_HEADER) || (packet.get(start) & 0xFF) >>> 4 != family) {
      return false;
    }
    int source = start + (isIpv4 ? IPV4_SOURCE : IPV6_SOURCE);
    for (byte[] permitted : isIpv4 ? ipv4 : ipv6) {
      if (isAt(source, packet, permitted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAt(int offset, ByteBuffer packet, byte[] octets) {
    for (int i = 0; i < octets.length; i++) {
      if (packet.get(offset + i) != octets[i]) {
        return false;
      }
    }
    return true;
  }
}
