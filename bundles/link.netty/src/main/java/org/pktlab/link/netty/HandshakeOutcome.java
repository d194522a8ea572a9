package org.pktlab.link.netty;

import org.pktlab.link.Link;
import org.pktlab.link.LinkHandler;

/** Told how a handshake ended: exactly one of the two, once. */
interface HandshakeOutcome {
  /** Returns the receiver of the link, or null to close it. */
  LinkHandler onEstablished(Link link);

  /** There is no link. The reason is one escaped line. */
  void onHandshakeFailed(String reason);
}
