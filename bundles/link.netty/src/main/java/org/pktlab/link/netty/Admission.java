package org.pktlab.link.netty;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.pktlab.link.LinkLimits;

/** Counts the connections of one listening server and says when there are too many. For any thread. */
final class Admission {
  private final int maxLinks;
  private final int maxHandshakesPerAddress;
  private final AtomicInteger links = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> handshakes = new ConcurrentHashMap<>();

  Admission(LinkLimits limits) {
    this.maxLinks = limits.maxLinks();
    this.maxHandshakesPerAddress = limits.maxHandshakesPerAddress();
  }

  /** Counts a new connection, whose handshake begins. Returns null, or why it must be turned away, in which case it was not counted. */
  String enter(InetAddress address) {
    if (links.incrementAndGet() > maxLinks) {
      links.decrementAndGet();
      return "there are " + maxLinks + " links already";
    }
    if (handshakes.merge(address, 1, Integer::sum) > maxHandshakesPerAddress) {
      handshakeOver(address);
      left();
      return "there are " + maxHandshakesPerAddress + " handshakes with this address already";
    }
    return null;
  }

  /** A handshake is over, well or badly. */
  void handshakeOver(InetAddress address) {
    handshakes.computeIfPresent(address, (a, count) -> count > 1 ? count - 1 : null);
  }

  /** A connection that was counted is closed. */
  void left() {
    links.decrementAndGet();
  }
}
