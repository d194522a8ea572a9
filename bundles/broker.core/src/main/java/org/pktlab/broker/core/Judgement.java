package org.pktlab.broker.core;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.ChannelRefusedException;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.EffectiveLimits;
import org.pktlab.cert.PermittedChannels;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xpub;
import org.pktlab.protocol.Xsub;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.EndpointAttributes;
import org.pktlab.rendezvous.RendezvousException;

/**
 * Judges xpub and xsub by themselves (rendezvous specification, section 9; trust specification, section 7.1). Without state; any thread.
 */
final class Judgement {
  private final ChainVerifier verifier;
  private final int mostChannels;

  Judgement(ChainVerifier verifier, int mostChannels) {
    this.verifier = verifier;
    this.mostChannels = mostChannels;
  }

  /**
   * @param certificates received for it, in order
   * @param agent key of the client's agent certificate
   * @param nowNs the clock, nanoseconds since 1970, unsigned
   */
  PublicationRequest publication(Xpub message, List<Certificate> certificates, Ed25519PublicKey agent, long nowNs)
      throws RefusedException {
    List<Channel> channels = channels(message.channels(), StatusCode.EPUBBADCHL);
    PermittedChannels permitted = null;
    if (channels.stream().anyMatch(Channel::isPrivate)) {
      Ed25519PublicKey operator = operator(message.eopKey(), StatusCode.EPUBBADCHN);
      try {
        permitted = verifier.permittedPublicationChannels(ordered(certificates, agent), agent, operator, nowNs);
      } catch (ChannelRefusedException e) {
        throw new RefusedException(StatusCode.EPUBBADCHN, e.getMessage());
      }
      requireAll(permitted, channels, StatusCode.EPUBBADCHN);
    }
    Descriptor descriptor = descriptor(message.text());
    checkPriority(descriptor, permitted, nowNs);
    OptionalLong pubEnd = pubEnd(descriptor, nowNs);
    long end = earlier(pubEnd.orElse(PublicationRequest.NEVER), afterExpiry(permitted));
    return new PublicationRequest(channels, descriptor, sha256(descriptor.octets()), pubEnd, end);
  }

  /** As {@link #publication}, for a subscription. */
  SubscriptionRequest subscription(Xsub message, List<Certificate> certificates, Ed25519PublicKey agent, long nowNs)
      throws RefusedException {
    List<Channel> channels = channels(message.channels(), StatusCode.ESUBBADCHL);
    PermittedChannels permitted = null;
    if (channels.stream().anyMatch(Channel::isPrivate)) {
      Ed25519PublicKey operator = operator(message.eopKey(), StatusCode.ESUBBADCHN);
      try {
        permitted = verifier.permittedSubscriptionChannels(ordered(certificates, agent), agent, operator, nowNs);
      } catch (ChannelRefusedException e) {
        throw new RefusedException(StatusCode.ESUBBADCHN, e.getMessage());
      }
      requireAll(permitted, channels, StatusCode.ESUBBADCHN);
    }
    try {
      return new SubscriptionRequest(channels, EndpointAttributes.parse(message.text()), expiry(permitted));
    } catch (RendezvousException e) {
      throw new RefusedException(StatusCode.ESUBBADDA, "endpoint attributes: " + e.getMessage());
    }
  }

  private List<Channel> channels(List<byte[]> sent, int status) throws RefusedException {
    if (sent.isEmpty()) {
      throw new RefusedException(status, "the channel list is empty");
    }
    Set<Channel> channels = new LinkedHashSet<>();
    try {
      for (byte[] octets : sent) {
        channels.add(Channel.of(octets));
      }
    } catch (RendezvousException e) {
      throw new RefusedException(status, e.getMessage());
    }
    if (channels.size() > mostChannels) {
      throw new RefusedException(status, channels.size() + " channels are more than the " + mostChannels + " allowed at once");
    }
    return List.copyOf(channels);
  }

  private static Ed25519PublicKey operator(byte[] raw, int status) throws RefusedException {
    if (Arrays.equals(raw, new byte[raw.length])) {
      throw new RefusedException(status, "a private channel needs the operator's key, but the message carries none");
    }
    return Ed25519PublicKey.of(raw);
  }

  /** The certificate on the agent key belongs to the front; clients that list it elsewhere are helped. */
  private static List<byte[]> ordered(List<Certificate> certificates, Ed25519PublicKey agent) {
    List<Certificate> ordered = new ArrayList<>(certificates);
    for (int i = 0; i < ordered.size(); i++) {
      if (ordered.get(i).publicKey().equals(agent)) {
        Collections.swap(ordered, 0, i);
        break;
      }
    }
    return ordered.stream().map(Certificate::der).toList();
  }

  private static void requireAll(PermittedChannels permitted, List<Channel> channels, int status) throws RefusedException {
    for (Channel channel : channels) {
      if (!permitted.permits(channel.octets())) {
        throw new RefusedException(status, "the chain does not cover private channel " + channel);
      }
    }
  }

  private static Descriptor descriptor(String text) throws RefusedException {
    Descriptor descriptor;
    try {
      descriptor = Descriptor.parse(text);
      if (!descriptor.isDeliverable()) {
        throw new RefusedException(
            StatusCode.EPUBBADXD,
            "the descriptor has " + text.length() + " octets, endpoints take at most " + Descriptor.MAX_DELIVERED_OCTETS);
      }
      descriptor.sniKey();
    } catch (RendezvousException e) {
      throw new RefusedException(StatusCode.EPUBBADXD, "descriptor: " + e.getMessage());
    }
    // The reference endpoint writes repeated values over one another: it would see a mixture.
    if (descriptor.values(Descriptor.SNI_KEY).size() > 1) {
      throw new RefusedException(StatusCode.EPUBBADXD, "sni_key is given more than once");
    }
    if (descriptor.values(Descriptor.CONTROLLER_ADDR).size() > 1) {
      throw new RefusedException(StatusCode.EPUBBADADDR, "controller_addr is given more than once");
    }
    try {
      descriptor.controllerAddress();
    } catch (RendezvousException e) {
      throw new RefusedException(StatusCode.EPUBBADADDR, "controller_addr: " + e.getMessage());
    }
    return descriptor;
  }

  private static void checkPriority(Descriptor descriptor, PermittedChannels permitted, long nowNs) throws RefusedException {
    OptionalLong priority;
    try {
      priority = descriptor.writtenPriority();
    } catch (RendezvousException e) {
      throw new RefusedException(StatusCode.EPUBBADPR, e.getMessage());
    }
    if (priority.isEmpty() || permitted == null) {
      return;
    }
    EffectiveLimits limits = EffectiveLimits.of(permitted.chain().certificates(), nowNs);
    if (!limits.permitsPriority(priority.getAsLong())) {
      throw new RefusedException(
          StatusCode.EPUBBADPR,
          "exp_priority " + Long.toUnsignedString(priority.getAsLong()) + " is above the chain's " + limits.maxPriority());
    }
  }

  private static OptionalLong pubEnd(Descriptor descriptor, long nowNs) throws RefusedException {
    try {
      OptionalLong end = descriptor.pubEndNs();
      if (end.isPresent() && Long.compareUnsigned(end.getAsLong(), nowNs) <= 0) {
        throw new RefusedException(StatusCode.EPUBBADXD, "pub_end " + Long.toUnsignedString(end.getAsLong()) + " has passed");
      }
      return end;
    } catch (RendezvousException e) {
      throw new RefusedException(StatusCode.EPUBBADXD, e.getMessage());
    }
  }

  private static long expiry(PermittedChannels permitted) {
    long end = PublicationRequest.NEVER;
    if (permitted != null) {
      for (Certificate certificate : permitted.chain().certificates()) {
        end = earlier(end, certificate.notAfterNs());
      }
    }
    return end;
  }

  private static long afterExpiry(PermittedChannels permitted) {
    long expiry = expiry(permitted);
    return expiry == PublicationRequest.NEVER ? expiry : expiry + 1; // valid at its last instant still
  }

  private static long earlier(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }

  private static byte[] sha256(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
