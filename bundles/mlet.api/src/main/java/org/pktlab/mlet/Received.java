package org.pktlab.mlet;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Data that an endpoint received.
 *
 * @param data the octets, from position to limit; the receiver owns the buffer
 * @param timeNs when the endpoint received them, nanoseconds on its clock
 * @param from the sender of a datagram; null on a stream
 */
public record Received(ByteBuffer data, long timeNs, InetSocketAddress from) {}
