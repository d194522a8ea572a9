package org.pktlab.cert;

import java.util.List;
import java.util.Objects;

/**
 * The private channels that a chain permits (packetlab-trust section 7.1). Immutable.
 *
 * @param chain the chain that verified
 * @param channels the permitted private channels: one for a publication, leaf side first for a subscription
 */
public record PermittedChannels(VerifiedChain chain, List<KeyId> channels) {
  /** Checks that nothing is missing and copies. */
  public PermittedChannels {
    Objects.requireNonNull(chain, "chain");
    channels = List.copyOf(channels);
  }

  /**
   * Returns whether a channel may be used. A channel of fewer than 32 octets is public; one of 32 octets is private and must be among
   * {@link #channels}; a longer one does not exist.
   */
  public boolean permits(byte[] channel) {
    return channel.length < KeyId.LENGTH || channels.stream().anyMatch(permitted -> permitted.isOctets(channel));
  }

  /** Returns whether all of these channels may be used. */
  public boolean permitsAll(List<byte[]> requested) {
    return requested.stream().allMatch(this::permits);
  }
}
