package org.pktlab.endpoint.core;

import org.pktlab.protocol.Protocol;

/** What a queued item costs beyond its data, octets (protocol specification, section 9.1; the reference's own constants). */
final class Charge {
  private Charge() {}

  static int send(int family, int proto) {
    return proto == Protocol.UDP ? (family == 4 ? 139 : 151) : proto == Protocol.TCP ? 133 : 134;
  }

  static int data(int family, int proto) {
    return proto == Protocol.UDP ? (family == 4 ? 130 : 142) : 124;
  }
}
