package org.pktlab.cert;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Verifies chains (packetlab-trust section 7). Position 0 of a list is always the leaf candidate; the order of the rest is free. There is
 * no revocation. A service; safe for use by several threads.
 */
@ProviderType
public interface ChainVerifier {
  /** The longest list of certificates that is looked at. */
  int MAX_CHAIN = 32;

  /**
   * Verifies a chain.
   *
   * @param mode by which rules
   * @param der the certificates as received or configured; not kept, not changed
   * @param roots trusted keys; if empty, any root is taken and <strong>the signature of the last certificate is not checked</strong>
   * @param nowNs the clock, nanoseconds since 1970, unsigned
   * @throws ChainRefusedException with the reason
   */
  VerifiedChain verify(ChainMode mode, List<byte[]> der, List<Ed25519PublicKey> roots, long nowNs) throws ChainRefusedException;

  /**
   * Returns the private channel that an experiment chain permits for a publication: the authority key identifier of its {@code exppriv}
   * (packetlab-trust section 7.1, first row).
   *
   * @param der the chain of the message
   * @param controllerKey the subject key of the client's agent certificate, or null to leave that check out
   * @param operatorKey the operator key of the message, or null to leave that check out
   * @param nowNs the clock, nanoseconds since 1970, unsigned
   * @throws ChannelRefusedException with the reason; its cause is the refusal of the chain, if that was it
   */
  PermittedChannels permittedPublicationChannels(
      List<byte[]> der, Ed25519PublicKey controllerKey, Ed25519PublicKey operatorKey, long nowNs) throws ChannelRefusedException;

  /**
   * Returns the private channels that a representation chain permits for a subscription: the authority key identifiers of all its
   * certificates, leaf first (packetlab-trust section 7.1, second row).
   *
   * @param der the chain of the message
   * @param endpointKey the subject key of the client's agent certificate
   * @param operatorKey the operator key of the message, or null to take any root
   * @param nowNs the clock, nanoseconds since 1970, unsigned
   * @throws ChannelRefusedException with the reason; its cause is the refusal of the chain, if that was it
   */
  PermittedChannels permittedSubscriptionChannels(
      List<byte[]> der, Ed25519PublicKey endpointKey, Ed25519PublicKey operatorKey, long nowNs) throws ChannelRefusedException;
}
