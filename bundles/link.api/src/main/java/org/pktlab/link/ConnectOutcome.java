package org.pktlab.link;

import org.osgi.annotation.versioning.ConsumerType;

/** Told exactly once how an attempt to connect ended. */
@ConsumerType
public interface ConnectOutcome {
  /**
   * The handshake is complete. With TLS 1.3 the server may still reject our certificate; the link then ends at its first read. Called on the
   * link's loop.
   *
   * @return the receiver of the link's frames; null closes the link
   */
  LinkHandler onConnected(Link link);

  /**
   * There is no link.
   *
   * @param stage how far the attempt came
   * @param reason one line for people, already escaped
   */
  void onFailed(Stage stage, String reason);

  /** How far an attempt to connect came. */
  enum Stage {
    /** Our own key or certificates do not fit together: nothing was sent. */
    CREDENTIALS,
    /** No TCP connection. */
    CONNECT,
    /** TCP was there, TLS failed. */
    HANDSHAKE
  }
}
