package org.pktlab.broker.core;

import java.util.List;
import java.util.OptionalLong;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Descriptor;

/**
 * An xpub that passed every check which needs no knowledge of other clients. Times are nanoseconds since 1970, unsigned.
 *
 * @param channels without repetition, in the order of the message
 * @param descriptor the experiment
 * @param textHash SHA-256 of its text
 * @param pubEnd {@code pub_end}, if the descriptor has it
 * @param endNs when the publication ends by itself, at {@code pub_end} or after a certificate of its chain expired; {@link #NEVER}
 *     if not at all
 */
record PublicationRequest(List<Channel> channels, Descriptor descriptor, byte[] textHash, OptionalLong pubEnd, long endNs) {
  /** The end of time: 2^64-1. */
  static final long NEVER = -1;

  /** Rough octets of memory that it takes. */
  long weight() {
    return 1_024 + 2L * descriptor.format().length() + 160L * descriptor.pairs().size() + 200L * channels.size();
  }
}
