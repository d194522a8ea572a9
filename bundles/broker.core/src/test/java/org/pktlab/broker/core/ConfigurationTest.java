package org.pktlab.broker.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.protocol.StatusCode;

class ConfigurationTest {
  @TempDir Path folder;
  private Configured good;

  @BeforeEach
  void configure() throws Exception {
    good = RunningBroker.configuration(folder, null);
  }

  private String failure(Configured configuration) {
    try (RunningBroker broker = new RunningBroker(configuration, RunningBroker.QUICK)) {
      assertEquals(List.of(), broker.announcements.ready);
      assertEquals(Map.of("role", "broker", "state", "not started"), broker.role.info());
      assertEquals(List.of(), broker.role.sessions());
      assertEquals(1, broker.announcements.failed.size());
      return broker.announcements.failed.get(0);
    }
  }

  @Test
  void shouldSayWhereItListens() {
    try (RunningBroker broker = new RunningBroker(good, RunningBroker.QUICK)) {
      String line = broker.announcements.ready.get(0);
      String address = "127\\.0\\.0\\.1:[1-9][0-9]*";
      assertTrue(line.matches("broker [0-9a-f]{64} publish at " + address + ", subscribe at " + address), line);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Publish, '', Publish is ''",
    "Publish, a:b:c, Publish is 'a:b:c'",
    "Publish, 203.0.113.7:0, Publish: ",
    "Subscribe, 127.0.0.1:70000, Subscribe is '127.0.0.1:70000'",
    "PrivKey, '', PrivKey is ''",
    "PrivKey, /nowhere/key, PrivKey: ",
    "CertChainPath, '', CertChainPath is ''",
    "CertChainPath, /nowhere/cert, CertChainPath: /nowhere/cert: ",
    "ClientRootPath, /nowhere/root, ClientRootPath: "
  })
  void shouldSayWhichDirectiveIsWrong(String directive, String value, String beginning) {
    String failure = failure(good.with(directive, value));
    assertTrue(failure.startsWith(beginning), failure);
    assertEquals(1, failure.lines().count());
  }

  @Test
  void shouldRefuseCertificateThatIsNotItsOwn() throws Exception {
    Ed25519PrivateKey key = Pki.key();
    Path other = folder.resolve("other.cert");
    BouncyCastleTrust.credentialFiles().writeCertificate(other, Pki.agent(key, key), true);
    assertTrue(failure(good.with("CertChainPath", other.toString())).contains("the certificate is on key " + key.publicKey().keyId()));
    BouncyCastleTrust.credentialFiles().writeCertificate(other, Pki.subcmd(key, key, Pki.FAR), true);
    assertTrue(failure(good.with("CertChainPath", other.toString())).contains("expected an agent certificate"));
  }

  @Test
  void shouldSayThatThePortIsTaken() throws Exception {
    try (RunningBroker broker = new RunningBroker(good, RunningBroker.QUICK)) {
      String taken = "127.0.0.1:" + broker.publish().getPort();
      String failure = failure(good.with("Subscribe", taken));
      assertTrue(failure.startsWith("Subscribe: "), failure);
    }
  }

  @Test
  void shouldAdmitOnlyAgentsOfItsRoots() throws Exception {
    Ed25519PrivateKey admitted = Pki.key();
    Path root = folder.resolve("root.pub");
    BouncyCastleTrust.credentialFiles().writePublicKey(root, admitted.publicKey(), true);
    assertTrue(Files.exists(root));
    try (RunningBroker broker = new RunningBroker(good.with("ClientRootPath", root.toString()), RunningBroker.QUICK)) {
      try (Client client = Client.connect(broker.publish(), admitted)) {
        client.send(Client.xpub(null, "", Client.channel("x"))).expect(StatusCode.EPUBBADADDR);
      }
      Client stranger = Client.connect(broker.publish(), Pki.key()); // with TLS 1.3 the rejection shows afterwards
      stranger.awaitEnd();
      broker.awaitStat("connections refused", 1);
    }
  }
}
