package org.pktlab.broker.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pktlab.broker.core.Client.channel;
import static org.pktlab.broker.core.Client.connect;
import static org.pktlab.broker.core.Client.xcert;
import static org.pktlab.broker.core.Client.xpub;
import static org.pktlab.broker.core.Client.xsub;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xpub;
import org.pktlab.protocol.Xreg;

/** Clients that break rules, flood, or do not read. */
class HostileClientsTest {
  private static final byte[] PUBLIC = channel("measure");
  private static final String TEXT = "controller_addr=192.0.2.1;sni_key=good;";

  @TempDir Path folder;
  private RunningBroker broker;

  private void start(BrokerLimits limits) throws Exception {
    broker = new RunningBroker(folder, limits, null);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private void assertServesOthers() throws Exception {
    try (Client publisher = connect(broker.publish(), Pki.key()).send(xpub(null, TEXT, PUBLIC)).expect(0);
        Client subscriber = connect(broker.subscribe(), Pki.key()).send(xsub(null, "", PUBLIC)).expect(0)) {
      subscriber.expectNotified(TEXT, PUBLIC);
    }
  }

  private static ByteBuffer frame(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  @Test
  void shouldAnswerMalformedMessageAndClose() throws Exception {
    start(RunningBroker.QUICK);
    String[] malformed = {"30000000", "3100000101", "38000002" + "01aa", "3800000100", "40000001" + "00"};
    for (String hex : malformed) {
      try (Client client = connect(broker.publish(), Pki.key())) {
        client.send(frame(hex), frame("30000001ff")).expect(StatusCode.ECTLBADMSG);
        client.awaitEnd();
        assertTrue(client.received.isEmpty());
      }
    }
    assertServesOthers();
  }

  @Test
  void shouldAnswerUnexpectedTypesAndGoOn() throws Exception {
    start(RunningBroker.QUICK);
    try (Client client = connect(broker.publish(), Pki.key())) {
      int bad = StatusCode.ECTLNOTSUP;
      client.send(frame("21000000"), frame("95000001aa"), frame("40000000")).expect(bad, bad, bad);
      client.send(new Xreg("abc")).expect(StatusCode.ECTLNOTSUP);
      client.send(xpub(null, TEXT, PUBLIC)).expect(0);
    }
  }

  @Test
  void shouldHoldBackErrorsWithoutHoldingUpOthers() throws Exception {
    start(BrokerLimits.DEFAULT);
    try (Client client = connect(broker.subscribe(), Pki.key());
        Client publisher = connect(broker.publish(), Pki.key());
        Client subscriber = connect(broker.subscribe(), Pki.key())) {
      long before = System.nanoTime();
      client.send(xsub(null, "", new byte[32]), xsub(null, "", PUBLIC));
      publisher.send(xpub(null, TEXT, PUBLIC)).expect(0);
      subscriber.send(xsub(null, "", PUBLIC)).expect(0).expectNotified(TEXT, PUBLIC);
      long others = System.nanoTime() - before;
      client.expect(StatusCode.ESUBBADCHN);
      long error = System.nanoTime() - before;
      client.expect(0);
      assertTrue(error >= Duration.ofMillis(990).toNanos(), "the error came after " + error + " ns");
      assertTrue(others < error, "others took " + others + " ns, the error " + error);
    }
  }

  @Test
  void shouldBoundCertificates() throws Exception {
    start(RunningBroker.QUICK);
    Ed25519PrivateKey key = Pki.key();
    Message[] flood = new Message[35];
    Arrays.fill(flood, xcert(Pki.agent(key, key)));
    try (Client client = connect(broker.subscribe(), key)) {
      client.send(flood);
      for (int i = 0; i < 32; i++) {
        client.expect(0);
      }
      client.expect(StatusCode.ECRTNOSPACE, StatusCode.ECRTNOSPACE, StatusCode.ECRTNOSPACE);
      assertTrue(broker.stat("certificate octets held") > 0);
      client.send(xsub(null, "", PUBLIC)).expect(0);
      assertEquals(0, broker.stat("certificate octets held"));
      client.send(new Xcert(new byte[70_000]), new Xcert(new byte[] {0x30, 0})).expect(StatusCode.ECRTNOSPACE, StatusCode.ECRTBADFRM);
    }
    assertServesOthers();
  }

  @Test
  void shouldAnswerFloodInOrderWithBoundedMemory() throws Exception {
    start(RunningBroker.QUICK);
    Message[] flood = new Message[2_000];
    for (int i = 0; i < flood.length; i++) {
      flood[i] = i % 500 == 499 ? xsub(null, "") : xsub(null, "", PUBLIC);
    }
    // Sixteen succeed, the others are refused: each costs the client a delay, so only the first are looked at here.
    try (Client client = connect(broker.subscribe(), Pki.key())) {
      client.send(flood);
      for (int i = 0; i < 16; i++) {
        client.expect(0);
      }
      client.expect(StatusCode.EUNKFAULT, StatusCode.EUNKFAULT);
      assertServesOthers();
    }
  }

  @Test
  void shouldBoundPublicationsOfAConnection() throws Exception {
    start(RunningBroker.changed(BrokerLimits.DEFAULT, 3, 1_024, 64, Duration.ofMillis(20)));
    try (Client client = connect(broker.publish(), Pki.key())) {
      Xpub again = xpub(null, TEXT, PUBLIC);
      client.send(again, again, again, again).expect(0, 0, 0, StatusCode.EUNKFAULT);
      assertEquals(3, broker.stat("publications"));
    }
    broker.awaitStat("publications", 0);
  }

  @Test
  void shouldCloseSubscriberThatDoesNotRead() throws Exception {
    start(RunningBroker.changed(BrokerLimits.DEFAULT, 20_000, 100, 16, Duration.ofMillis(20)));
    Ed25519PrivateKey slowKey = Pki.key();
    String filling = "filling=" + "x".repeat(3_900) + ";";
    try (Client slow = connect(broker.subscribe(), slowKey).send(xsub(null, "", PUBLIC)).expect(0);
        Client publisher = connect(broker.publish(), Pki.key())) {
      slow.pauseReading();
      int published = 0;
      while (broker.stat("slow subscribers closed") == 0) {
        assertTrue(published < 15_000, "the broker never noticed");
        Message[] some = new Message[250];
        int[] good = new int[some.length];
        for (int i = 0; i < some.length; i++) {
          some[i] = xpub(null, "controller_addr=a;sni_key=n" + published++ + ";" + filling, PUBLIC);
        }
        publisher.send(some).expect(good);
      }
      assertEquals(0, broker.stat("subscriptions"));
      // What TCP had taken arrives, everything else comes with the next subscription: each text once.
      broker.awaitStat("connections", 1);
      slow.resumeReading();
      slow.awaitEnd();
      Set<Message> texts = new HashSet<>(slow.received);
      assertEquals(texts.size(), slow.received.size());
      assertEquals(broker.stat("notifications"), texts.size());
      try (Client again = connect(broker.subscribe(), slowKey).send(xsub(null, "", PUBLIC)).expect(0)) {
        while (texts.size() < published) {
          assertTrue(texts.add(again.next()));
        }
        broker.awaitStat("notifications", published);
      }
    }
  }

  @Test
  void shouldNotTakeCatchingUpForSlowness() throws Exception {
    start(RunningBroker.changed(BrokerLimits.DEFAULT, 20_000, 20, 4, Duration.ofMillis(20)));
    String filling = "filling=" + "x".repeat(3_900) + ";";
    int old = 2_000; // more than TCP takes while nobody reads
    int fresh = 0;
    try (Client publisher = connect(broker.publish(), Pki.key());
        Client subscriber = connect(broker.subscribe(), Pki.key()).send(xsub(null, "", channel("fresh"))).expect(0)) {
      Message[] all = new Message[old];
      for (int i = 0; i < old; i++) {
        all[i] = xpub(null, "controller_addr=a;sni_key=o" + i + ";" + filling, PUBLIC);
      }
      publisher.send(all).expect(new int[old]);
      subscriber.pauseReading();
      subscriber.send(xsub(null, "", PUBLIC));
      for (int full = 0; full < 10; fresh++) {
        assertTrue(fresh < 1_000, "the queue never filled");
        assertEquals(0, broker.stat("slow subscribers closed"));
        publisher.send(xpub(null, "controller_addr=a;sni_key=f" + fresh + ";" + filling, channel("fresh"))).expect(0);
        full += isQueueFull() ? 1 : 0;
      }
      subscriber.resumeReading();
      subscriber.expect(0);
      Set<Message> texts = new HashSet<>();
      while (texts.size() < old + fresh) {
        assertTrue(texts.add(subscriber.next()));
      }
      assertEquals(0, broker.stat("slow subscribers closed"));
    }
  }

  private boolean isQueueFull() {
    return broker.role.sessions().stream().anyMatch(session -> session.detail().contains(" waiting=20 "));
  }

  @Test
  void shouldNotBeHeldUpByHostilePatterns() throws Exception {
    start(RunningBroker.QUICK);
    String value = "a".repeat(4_000);
    String pattern = "*" + "a".repeat(1_900) + "*b" + "*a".repeat(900) + "?";
    try (Client publisher = connect(broker.publish(), Pki.key());
        Client first = connect(broker.subscribe(), Pki.key()).send(xsub(null, "h=" + value + ";", channel("evil"))).expect(0)) {
      for (int i = 0; i < 50; i++) {
        publisher.send(xpub(null, "h=" + pattern + ";controller_addr=a;sni_key=n" + i + ";", channel("evil")));
      }
      assertServesOthers();
      publisher.expect(new int[50]);
      publisher.send(xpub(null, TEXT, channel("evil"))).expect(0);
      first.expectNotified(TEXT, channel("evil"));
    }
  }
}
