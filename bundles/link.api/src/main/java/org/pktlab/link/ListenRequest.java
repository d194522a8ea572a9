package org.pktlab.link;

import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * Where and how to listen.
 *
 * @param address the local address; port 0 takes any free one
 * @param credentials asked for each ClientHello with its SNI key
 * @param limits bounds of every accepted link
 */
public record ListenRequest(InetSocketAddress address, CredentialSource credentials, LinkLimits limits) {
  /** Chooses credentials by SNI. Called on a network thread; must not block. */
  @FunctionalInterface
  public interface CredentialSource {
    /**
     * @param sniKey a syntactically valid SNI key, or null when the client sent none
     * @return null turns the client away: the TCP connection is closed without any TLS alert (trust specification, 10.2)
     */
    ServerCredentials forSni(String sniKey);
  }

  /** Checks that all parts are there. */
  public ListenRequest {
    Objects.requireNonNull(address);
    Objects.requireNonNull(credentials);
    Objects.requireNonNull(limits);
  }
}
