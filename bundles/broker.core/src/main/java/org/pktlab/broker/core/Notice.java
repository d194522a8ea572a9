package org.pktlab.broker.core;

import java.nio.ByteBuffer;
import org.pktlab.rendezvous.Channel;

/**
 * One publication on its way to one endpoint.
 *
 * @param publication what it is told of
 * @param channel the channel that both share
 * @param delivery key of the delivery, see {@link Deliveries}
 */
record Notice(Publication publication, Channel channel, ByteBuffer delivery) {}
