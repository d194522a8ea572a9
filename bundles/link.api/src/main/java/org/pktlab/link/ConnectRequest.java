package org.pktlab.link;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;

/**
 * Where to connect to, and as whom.
 *
 * @param address a resolved address
 * @param sniKey the SNI key to send, or null for none
 * @param key the private key of the first certificate
 * @param chain our DER certificates, leaf first
 * @param serverMode how the server's chain is judged: {@link ChainMode#ENDPOINT_JUDGES_CONTROLLER} or {@link ChainMode#AGENT}
 * @param serverRoots keys the server's chain may end in; empty means any
 * @param connectTimeout bound of the TCP connect
 * @param limits bounds of the link
 */
public record ConnectRequest(
    InetSocketAddress address,
    String sniKey,
    Ed25519PrivateKey key,
    List<byte[]> chain,
    ChainMode serverMode,
    List<Ed25519PublicKey> serverRoots,
    Duration connectTimeout,
    LinkLimits limits) {
  /** Copies the lists. */
  public ConnectRequest {
    Objects.requireNonNull(address);
    Objects.requireNonNull(key);
    Objects.requireNonNull(serverMode);
    Objects.requireNonNull(connectTimeout);
    Objects.requireNonNull(limits);
    chain = List.copyOf(chain);
    serverRoots = List.copyOf(serverRoots);
  }
}
