package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.pktlab.protocol.Family;

/** What a raw packet must be to leave (protocol specification, section 8.2). */
final class RawPackets {
  private static final int IPV4_HEADER = 20;
  private static final int IPV4_SOURCE = 12;
  private static final int IPV6_HEADER = 40;
  private static final int IPV6_SOURCE = 8;

  private RawPackets() {}

  /** Whether a packet has a header of its socket's family, and a source address that is exported or unspecified: foreign sources are never permitted. */
  static boolean mayLeave(int family, ByteBuffer packet, ExportedHost host) {
    int least = family == 4 ? IPV4_HEADER : IPV6_HEADER;
    if (packet.remaining() < least || (packet.get(packet.position()) & 0xFF) >>> 4 != family) {
      return false;
    }
    byte[] octets = new byte[Family.addressLength(family)];
    packet.get(packet.position() + (family == 4 ? IPV4_SOURCE : IPV6_SOURCE), octets);
    try {
      InetAddress source = InetAddress.getByAddress(octets);
      return source.isAnyLocalAddress() || host.exports(source);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addresses of a family have its length", e);
    }
  }
}
