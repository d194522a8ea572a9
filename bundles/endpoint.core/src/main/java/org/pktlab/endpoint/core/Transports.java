package org.pktlab.endpoint.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Protocol;
import org.pktlab.transport.Transport;

/**
 * Which transport serves which kind of socket now: of several, the one with the highest service ranking, and of equals the one that came last. Services come and go
 * on any thread; sessions read on their loops. A transport that goes ends its own sockets (see {@link org.pktlab.transport.SocketFailure#WITHDRAWN}).
 */
final class Transports {
  private record Known(Transport transport, int ranking) {}

  private final int enabled;
  private volatile List<Known> known = List.of();

  /**
   * @param enabled the kinds that the configuration offers, as in {@link MemoryMap#PROTOCOLS}
   */
  Transports(int enabled) {
    this.enabled = enabled;
  }

  synchronized void add(Transport transport, int ranking) {
    List<Known> changed = new ArrayList<>();
    changed.add(new Known(transport, ranking));
    changed.addAll(known);
    changed.sort(Comparator.comparingInt(Known::ranking).reversed());
    known = List.copyOf(changed);
  }

  synchronized void remove(Transport transport) {
    known = known.stream().filter(candidate -> candidate.transport() != transport).toList();
  }

  /** The transport for a kind of socket, or null when that kind is not offered, or not now. */
  Transport get(int proto) {
    if ((enabled & bit(proto)) == 0) {
      return null;
    }
    for (Known candidate : known) {
      if (candidate.transport().protocol() == proto) {
        return candidate.transport();
      }
    }
    return null;
  }

  /** The kinds offered now, as in {@link MemoryMap#PROTOCOLS}. */
  int bits() {
    int bits = 0;
    for (Known candidate : known) {
      bits |= bit(candidate.transport().protocol());
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
