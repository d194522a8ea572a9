package org.pktlab.link;

import java.net.InetSocketAddress;
import org.osgi.annotation.versioning.ConsumerType;

/** Receives what a listening server produces. */
@ConsumerType
public interface LinkAcceptor {
  /**
   * A handshake succeeded. Called on the link's loop.
   *
   * @return the receiver of the link's frames; null refuses the link, which is then closed
   */
  LinkHandler onLink(Link link);

  /**
   * A connection was turned away before it became a link.
   *
   * @param remote who it was
   * @param reason one line for people, already escaped
   */
  void onRefused(InetSocketAddress remote, String reason);
}
