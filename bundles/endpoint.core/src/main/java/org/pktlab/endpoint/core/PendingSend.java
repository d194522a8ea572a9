package org.pktlab.endpoint.core;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * An nsend that waits for its turn.
 *
 * @param timeNs earliest time to leave, endpoint clock, unsigned
 * @param tag 0 when no ntag is wanted
 * @param data owned by this record, from position to limit
 * @param to destination of a datagram, else null
 * @param charge what it holds of the buffer, octets
 * @param order its number among all sends of the session, in the order of arrival
 */
record PendingSend(long timeNs, int tag, ByteBuffer data, InetSocketAddress to, int charge, long order) {}
