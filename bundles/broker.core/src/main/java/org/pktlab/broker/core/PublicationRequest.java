package org.pktlab.broker.core;

import java.util.List;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Descriptor;

/**
 * An xpub that passed every check which needs no knowledge of other clients.
 *
 * @param channels without repetition, in the order of the message
 * @param descriptor the experiment
 * @param textHash SHA-256 of its text
 * @param pubEndNs {@code pub_end}, nanoseconds since 1970, unsigned; {@link #NEVER} when absent
 * @param endNs when it ends by itself, the same way: at {@code pub_end} or when a certificate of its chain expires
 */
record PublicationRequest(List<Channel> channels, Descriptor descriptor, byte[] textHash, long pubEndNs, long endNs) {
  /** The end of time: 2^64-1. */
  static final long NEVER = -1;

  /** Rough octets of memory that it takes. */
  long weight() {
    return 1_024 + 2L * descriptor.format().length() + 160L * descriptor.pairs().size() + 200L * channels.size();
  }
}
