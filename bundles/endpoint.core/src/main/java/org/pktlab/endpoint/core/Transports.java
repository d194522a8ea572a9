package org.pktlab.endpoint.core;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Protocol;
import org.pktlab.transport.Transport;

/**
 * Which transport serves which kind of socket now. Services come and go on any thread; sessions read on their loops. A transport that goes ends its own sockets
 * (see {@link org.pktlab.transport.SocketFailure#WITHDRAWN}).
 */
final class Transports {
  private static final int SLOTS = 256;

  private final AtomicReferenceArray<Transport> current = new AtomicReferenceArray<>(SLOTS);
  private final CopyOnWriteArrayList<Transport> known = new CopyOnWriteArrayList<>();
  private final int enabled;

  /**
   * @param enabled the kinds that the configuration offers, as in {@link MemoryMap#PROTOCOLS}
   */
  Transports(int enabled) {
    this.enabled = enabled;
  }

  synchronized void add(Transport transport) {
    known.add(transport);
    current.set(transport.protocol(), transport);
  }

  synchronized void remove(Transport transport) {
    known.remove(transport);
    Transport other = null;
    for (Transport candidate : known) {
      if (candidate.protocol() == transport.protocol()) {
        other = candidate;
      }
    }
    if (current.get(transport.protocol()) == transport) {
      current.set(transport.protocol(), other);
    }
  }

  /** The transport for a kind of socket, or null when that kind is not offered, or not now. */
  Transport get(int proto) {
    return (enabled & bit(proto)) == 0 ? null : current.get(proto);
  }

  /** The kinds offered now, as in {@link MemoryMap#PROTOCOLS}. */
  int bits() {
    int bits = 0;
    for (Transport transport : known) {
      bits |= bit(transport.protocol());
    }
    return bits & enabled;
  }

  static int bit(int proto) {
    return switch (proto) {
      case Protocol.RAW -> MemoryMap.PROTOCOL_RAW;
      case Protocol.TCP -> MemoryMap.PROTOCOL_TCP;
      case Protocol.UDP -> MemoryMap.PROTOCOL_UDP;
      default -> 0;
    };
  }
}
