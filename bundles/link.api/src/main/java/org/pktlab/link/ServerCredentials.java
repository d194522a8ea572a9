package org.pktlab.link;

import java.util.List;
import java.util.Objects;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;

/**
 * As whom a server answers one client, and what it asks of that client.
 *
 * @param key the private key of the first certificate
 * @param chain DER certificates, leaf first
 * @param clientMode how the client's chain is judged: {@link ChainMode#CONTROLLER_JUDGES_ENDPOINT} or {@link ChainMode#AGENT}
 * @param clientRoots keys a client's chain may end in; empty means any
 * @param clientRequired whether a client without certificate is turned away
 * @param attachment handed on in {@link Peer#attachment()}; may be null
 */
public record ServerCredentials(
    Ed25519PrivateKey key, List<byte[]> chain, ChainMode clientMode, List<Ed25519PublicKey> clientRoots, boolean clientRequired, Object attachment) {
  /** Copies the lists. */
  public ServerCredentials {
    Objects.requireNonNull(key);
    Objects.requireNonNull(clientMode);
    chain = List.copyOf(chain);
    clientRoots = List.copyOf(clientRoots);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a server needs at least one certificate");
    }
  }
}
