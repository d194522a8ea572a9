package org.pktlab.link;

import org.pktlab.cert.VerifiedChain;

/**
 * What a TLS handshake proved about the other side.
 *
 * @param chain the peer's verified chain, leaf first; null only on a server that was told that a certificate is optional
 * @param sni the SNI key the client sent, or null
 * @param attachment what the server's {@link ServerCredentials} carried, else null
 */
public record Peer(VerifiedChain chain, String sni, Object attachment) {}
