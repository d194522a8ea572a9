package org.pktlab.mlet;

import java.net.InetSocketAddress;

/**
 * Who an endpoint is.
 *
 * @param keyId hex key identifier proven in the handshake, or {@code -} when it showed no certificate
 * @param address where its connection came from
 * @param hostId the host identifier it exports; may be empty
 */
public record EndpointIdentity(String keyId, InetSocketAddress address, String hostId) {}
