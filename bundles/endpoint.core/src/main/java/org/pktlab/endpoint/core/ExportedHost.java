package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pktlab.protocol.MemoryMap;

/**
 * What the endpoint tells every session about its host (protocol specification, section 6.2). Immutable.
 *
 * @param ipv4 exported IPv4 addresses, best first, at most 256
 * @param ipv6 exported IPv6 addresses, best first, at most 256
 * @param resolvers4 exported IPv4 resolvers, at most 16
 * @param resolvers6 exported IPv6 resolvers, at most 16
 * @param hostId host identifier, at most 255 octets
 */
record ExportedHost(List<Prefix> ipv4, List<InetAddress> ipv6, List<InetAddress> resolvers4, List<InetAddress> resolvers6, String hostId) {
  /**
   * An IPv4 address with the length of its network prefix.
   *
   * @param address the address
   * @param length 0 to 32
   */
  record Prefix(InetAddress address, int length) {
    int mask() {
      return length == 0 ? 0 : -1 << 32 - length;
    }
  }

  boolean exports(int family) {
    return family == 4 ? !ipv4.isEmpty() : !ipv6.isEmpty();
  }

  /** The best exported address of a family that is exported. */
  InetAddress best(int family) {
    return family == 4 ? ipv4.get(0).address() : ipv6.get(0);
  }

  /** The regions that are the same for every session, besides clock, buffer and protocols. */
  List<Region> regions() {
    return List.of(
        Region.of(MemoryMap.IPV4_COUNT, 2, to -> to.put((byte) ipv4.size()).put((byte) ipv6.size())),
        Region.of(MemoryMap.IPV4_LIST, MemoryMap.IPV4_LIST_ENTRIES * MemoryMap.IPV4_LIST_STRIDE, this::renderIpv4),
        Region.of(MemoryMap.IPV6_LIST, MemoryMap.IPV6_LIST_ENTRIES * MemoryMap.IPV6_LIST_STRIDE, to -> render(ipv6, to)),
        Region.of(MemoryMap.IPV4_RESOLVER_COUNT, 2, to -> to.put((byte) resolvers4.size()).put((byte) resolvers6.size())),
        Region.of(MemoryMap.IPV4_RESOLVERS, MemoryMap.RESOLVER_ENTRIES * 4, to -> render(resolvers4, to)),
        Region.of(MemoryMap.IPV6_RESOLVERS, MemoryMap.RESOLVER_ENTRIES * 16, to -> render(resolvers6, to)),
        Region.of(MemoryMap.HOST_ID, MemoryMap.HOST_ID_LENGTH, to -> to.put(hostId.getBytes(StandardCharsets.UTF_8))));
  }

  private void renderIpv4(ByteBuffer to) {
    for (Prefix prefix : ipv4) {
      to.put(prefix.address().getAddress()).putInt(prefix.mask());
    }
  }

  private static void render(List<InetAddress> addresses, ByteBuffer to) {
    for (InetAddress address : addresses) {
      to.put(address.getAddress());
    }
  }
}
