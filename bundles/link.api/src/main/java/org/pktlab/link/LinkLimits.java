package org.pktlab.link;

import java.time.Duration;
import java.util.Objects;

/**
 * Bounds of a link.
 *
 * @param maxBody longest body accepted in a frame, octets, at most 16,777,215
 * @param handshakeTimeout bound of the TLS handshake
 * @param idleTimeout a link on which nothing was received for so long ends; zero means never
 * @param maxLinks links and handshakes that one listening server serves at once; further connections are closed at once and reported. Without meaning
 *     for a client
 * @param maxHandshakesPerAddress handshakes from one remote address under way at once; without meaning for a client
 */
public record LinkLimits(int maxBody, Duration handshakeTimeout, Duration idleTimeout, int maxLinks, int maxHandshakesPerAddress) {
  /** Longest body that a frame can have, octets. */
  public static final int MAX_BODY = 0xFFFFFF;

  /** For sessions between endpoint and controller: any body, 10 s for the handshake, no idle time-out. */
  public static final LinkLimits SESSION = new LinkLimits(MAX_BODY, Duration.ofSeconds(10), Duration.ZERO, 12_000, 1_024);

  /** For rendezvous connections: bodies up to 128 KiB, 10 s for the handshake, no idle time-out. */
  public static final LinkLimits RENDEZVOUS = new LinkLimits(128 * 1024, Duration.ofSeconds(10), Duration.ZERO, 12_000, 1_024);

  /** Checks the ranges. */
  public LinkLimits {
    Objects.requireNonNull(handshakeTimeout);
    Objects.requireNonNull(idleTimeout);
    if (maxBody < 0 || maxBody > MAX_BODY || maxLinks < 1 || maxHandshakesPerAddress < 1) {
      throw new IllegalArgumentException("link limits out of range");
    }
  }
}
