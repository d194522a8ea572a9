package org.pktlab.mlet.traceroute;

import org.pktlab.mlet.packet.Icmp;
import org.pktlab.mlet.packet.IpHeader;

/** What probes are made of. */
enum Method {
  /** Echo requests whose checksum is constant: load balancers see one flow. */
  ICMP_PARIS("icmp-paris"),
  /** Datagrams with constant ports, told apart by their checksums. */
  UDP_PARIS("udp-paris"),
  /** SYN segments with constant ports, told apart by their sequence numbers. */
  TCP("tcp"),
  /** Echo requests as they are; their checksums differ. */
  ICMP("icmp"),
  /** Datagrams to a port that rises with each probe. */
  UDP("udp");

  private final String word;

  Method(String word) {
    this.word = word;
  }

  static Method of(String word) {
    for (Method method : values()) {
      if (method.word.equals(word)) {
        return method;
      }
    }
    throw new IllegalArgumentException(word);
  }

  /** As on the command line. */
  String word() {
    return word;
  }

  boolean isEcho() {
    return this == ICMP || this == ICMP_PARIS;
  }

  /** Number of the transport protocol. */
  int protocol(int version) {
    return isEcho() ? Icmp.protocol(version) : this == TCP ? IpHeader.TCP : IpHeader.UDP;
  }
}
