package org.pktlab.broker.core;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** A broker with real sockets on free ports of the loopback interface. */
final class RunningBroker implements AutoCloseable {
  static final BrokerLimits QUICK = limits(BrokerLimits.DEFAULT, Duration.ofMillis(20));

  final Ed25519PrivateKey operator = Pki.key();
  final Announcements announcements = new Announcements();
  final BrokerRole role;
  private boolean stopped;

  RunningBroker(Path folder, BrokerLimits limits, Path storeDir) throws Exception {
    this(configuration(folder, storeDir), limits);
  }

  RunningBroker(Configured configuration, BrokerLimits limits) {
    role =
        new BrokerRole(
            announcements.context(),
            configuration,
            Client.LINKS,
            BouncyCastleTrust.decoder(),
            BouncyCastleTrust.verifier(),
            BouncyCastleTrust.credentialFiles(),
            PassphraseSource.NONE,
            limits);
  }

  /** A configuration with new credentials in that folder, on free ports. */
  static Configured configuration(Path folder, Path storeDir) throws Exception {
    Ed25519PrivateKey operator = Pki.key();
    Ed25519PrivateKey key = Pki.key();
    Path keyFile = folder.resolve("k_broker");
    Path certificateFile = folder.resolve("agent_bop_broker.cert");
    BouncyCastleTrust.credentialFiles().writePrivateKey(keyFile, key, null, true);
    BouncyCastleTrust.credentialFiles().writeCertificate(certificateFile, Pki.agent(operator, key), true);
    return new Configured(
        Map.of(
            "Publish", "127.0.0.1:0",
            "Subscribe", "127.0.0.1:0",
            "PrivKey", keyFile.toString(),
            "CertChainPath", certificateFile.toString(),
            "StoreDir", storeDir == null ? "" : storeDir.toString()));
  }

  static BrokerLimits limits(BrokerLimits from, Duration errorDelay) {
    return changed(from, from.publicationsEach(), from.waiting(), from.window(), errorDelay);
  }

  static BrokerLimits changed(BrokerLimits from, int publicationsEach, int waiting, int window, Duration errorDelay) {
    return new BrokerLimits(
        from.certificates(),
        from.certificateOctets(),
        from.allCertificateOctets(),
        from.channels(),
        publicationsEach,
        from.subscriptionsEach(),
        from.publications(),
        from.subscriptions(),
        from.weight(),
        from.unanswered(),
        from.unansweredOctets(),
        from.unansweredMost(),
        waiting,
        window,
        from.stalled(),
        from.idle(),
        errorDelay,
        from.deliveries());
  }

  InetSocketAddress publish() {
    return address("publish");
  }

  InetSocketAddress subscribe() {
    return address("subscribe");
  }

  private InetSocketAddress address(String which) {
    String text = role.info().get(which);
    Assertions.assertNotNull(text, () -> "the broker did not start: " + announcements.failed);
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  long stat(String name) {
    return role.stats().get(name);
  }

  void awaitStat(String name, long value) {
    Await.until(name + " becomes " + value, () -> stat(name) == value);
  }

  @Override
  public void close() {
    if (!stopped) {
      stopped = true;
      role.stop();
    }
  }
}
