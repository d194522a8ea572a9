package org.pktlab.broker.core;

import java.time.Duration;
import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.ChainVerifier;

/**
 * Bounds of the broker.
 *
 * @param certificates kept for one connection until its next xpub or xsub
 * @param certificateOctets octets of those certificates together
 * @param allCertificateOctets octets of the certificates of all connections together
 * @param channels in one xpub or xsub
 * @param publicationsEach publications of one connection
 * @param subscriptionsEach subscriptions of one connection
 * @param publications publications in all
 * @param subscriptions subscriptions in all
 * @param weight rough octets of memory that publications and subscriptions may take together
 * @param unanswered messages of one connection that wait for their answer before reading pauses
 * @param unansweredOctets octets of such messages before reading pauses
 * @param unansweredMost such messages before the connection is closed: what one read can bring, many times over
 * @param waiting notifications that wait for a slow subscriber before it is closed
 * @param window notifications handed to a connection and not yet taken by its TCP
 * @param stalled a subscriber that takes nothing for so long while something waits is closed
 * @param idle a connection that has neither published nor subscribed after so long is closed
 * @param errorDelay how long an error result is held back, so that a client that retries at once is slowed
 * @param deliveries delivered texts that are remembered; of more, arbitrary ones are forgotten
 */
record BrokerLimits(
    int certificates,
    int certificateOctets,
    long allCertificateOctets,
    int channels,
    int publicationsEach,
    int subscriptionsEach,
    int publications,
    int subscriptions,
    long weight,
    int unanswered,
    int unansweredOctets,
    int unansweredMost,
    int waiting,
    int window,
    Duration stalled,
    Duration idle,
    Duration errorDelay,
    int deliveries) {
  /** What a broker in service uses. */
  static final BrokerLimits DEFAULT =
      new BrokerLimits(
          ChainVerifier.MAX_CHAIN,
          CertificateDecoder.MAX_OCTETS,
          64L << 20,
          256,
          256,
          16,
          20_000,
          20_000,
          192L << 20,
          32,
          128 * 1024,
          16_384,
          1_024,
          64,
          Duration.ofSeconds(60),
          Duration.ofMinutes(5),
          Duration.ofSeconds(1),
          1_000_000);
}
