package org.pktlab.broker.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pktlab.broker.core.Client.channel;
import static org.pktlab.broker.core.Client.connect;
import static org.pktlab.broker.core.Client.xpub;
import static org.pktlab.broker.core.Client.xsub;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.Ed25519PrivateKey;

/** What survives a restart, and brokers whose store does not work. */
class StoreTest {
  private static final byte[] PUBLIC = channel("measure");
  private static final String TEXT = "controller_addr=192.0.2.1;sni_key=a;";
  private static final String MARKER = "controller_addr=192.0.2.1;sni_key=marker;";

  @TempDir Path folder;
  private final Ed25519PrivateKey endpoint = Pki.key();

  private void publishAndExpect(RunningBroker broker, String expected, String... texts) throws Exception {
    try (Client publisher = connect(broker.publish(), Pki.key());
        Client subscriber = connect(broker.subscribe(), endpoint).send(xsub(null, "", PUBLIC)).expect(0)) {
      for (String text : texts) {
        publisher.send(xpub(null, text, PUBLIC)).expect(0);
      }
      subscriber.expectNotified(expected, PUBLIC);
      assertTrue(subscriber.received.isEmpty());
    }
  }

  @Test
  void shouldNotDeliverAgainAfterRestart() throws Exception {
    Path store = folder.resolve("not/there/yet");
    try (RunningBroker broker = new RunningBroker(folder, RunningBroker.QUICK, store)) {
      assertEquals("file " + store.resolve(Deliveries.FILE), broker.role.info().get("deliveries"));
      publishAndExpect(broker, TEXT, TEXT);
      broker.awaitStat("notifications", 1);
    }
    try (RunningBroker broker = new RunningBroker(folder, RunningBroker.QUICK, store)) {
      assertEquals(1, broker.stat("deliveries remembered"));
      publishAndExpect(broker, MARKER, TEXT, MARKER);
      assertEquals(1, broker.stat("duplicates withheld"));
    }
  }

  @Test
  void shouldServeWithDamagedStore() throws Exception {
    Path store = Files.createDirectory(folder.resolve("store"));
    Files.write(store.resolve(Deliveries.FILE), new byte[9_000]);
    try (RunningBroker broker = new RunningBroker(folder, RunningBroker.QUICK, store)) {
      assertEquals("file " + store.resolve(Deliveries.FILE), broker.role.info().get("deliveries"));
      publishAndExpect(broker, TEXT, TEXT);
    }
  }

  @Test
  void shouldServeWithoutUsableStore() throws Exception {
    Path occupied = Files.writeString(folder.resolve("occupied"), "x");
    try (RunningBroker broker = new RunningBroker(folder, RunningBroker.QUICK, occupied)) {
      assertTrue(broker.role.info().get("deliveries").startsWith("in memory only ("), broker.role.info().get("deliveries"));
      publishAndExpect(broker, TEXT, TEXT);
      publishAndExpect(broker, MARKER, TEXT, MARKER);
    }
  }
}
