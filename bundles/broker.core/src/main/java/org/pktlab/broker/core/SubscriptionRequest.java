package org.pktlab.broker.core;

import java.util.List;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.EndpointAttributes;

/**
 * An xsub that passed every check which needs no knowledge of other clients.
 *
 * @param channels without repetition, in the order of the message
 * @param attributes what the endpoint says of itself
 * @param endNs when a certificate of its chain expires, nanoseconds since 1970, unsigned; {@link PublicationRequest#NEVER} without a chain
 */
record SubscriptionRequest(List<Channel> channels, EndpointAttributes attributes, long endNs) {
  /** Rough octets of memory that it takes. */
  long weight() {
    return 1_024 + 2L * attributes.format().length() + 160L * attributes.pairs().size() + 200L * channels.size();
  }
}
