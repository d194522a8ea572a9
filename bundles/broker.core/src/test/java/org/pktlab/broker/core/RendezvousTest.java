package org.pktlab.broker.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pktlab.broker.core.Client.channel;
import static org.pktlab.broker.core.Client.connect;
import static org.pktlab.broker.core.Client.xcert;
import static org.pktlab.broker.core.Client.xpub;
import static org.pktlab.broker.core.Client.xsub;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.link.LinkEnd;
import org.pktlab.protocol.StatusCode;
import org.pktlab.role.SessionStatus;

/** Publishing, subscribing, matching and notifying over real connections. */
class RendezvousTest {
  private static final byte[] PUBLIC = channel("measure");
  private static final String MARKER = "controller_addr=192.0.2.9;sni_key=marker;";

  @TempDir Path folder;
  private RunningBroker broker;
  private final Ed25519PrivateKey operator = Pki.key();
  private final Ed25519PublicKey operatorKey = operator.publicKey();
  private final byte[] own = operatorKey.keyId().octets();
  private final Ed25519PrivateKey experimenter = Pki.key();
  private final Ed25519PrivateKey controller = Pki.key();
  private final Ed25519PrivateKey endpoint = Pki.key();
  private final Certificate exppriv = Pki.exppriv(operator, experimenter, 7L, Pki.FAR);
  private final Certificate pubcmd = Pki.pubcmd(experimenter, controller, Pki.FAR);
  private final Certificate subcmd = Pki.subcmd(operator, endpoint, Pki.FAR);

  @BeforeEach
  void start() throws Exception {
    broker = new RunningBroker(folder, RunningBroker.QUICK, null);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private static String text(String sniKey) {
    return "controller_addr=192.0.2.1:20556;sni_key=" + sniKey + ";";
  }

  private Client publisher(String text, byte[]... channels) throws Exception {
    return connect(broker.publish(), controller).send(xpub(null, text, channels)).expect(0);
  }

  private Client subscriber(String attributes, byte[]... channels) throws Exception {
    return connect(broker.subscribe(), endpoint).send(xsub(null, attributes, channels)).expect(0);
  }

  @Test
  void shouldNotifyOfPublicationThatWasThereBefore() throws Exception {
    try (Client publisher = publisher(text("a"), PUBLIC);
        Client subscriber = subscriber("", PUBLIC)) {
      subscriber.expectNotified(text("a"), PUBLIC);
    }
  }

  @Test
  void shouldNotifyOfPublicationThatComesLater() throws Exception {
    try (Client subscriber = subscriber("", PUBLIC);
        Client publisher = publisher(text("a"), PUBLIC)) {
      subscriber.expectNotified(text("a"), PUBLIC);
      publisher.send(xpub(null, text("b"), PUBLIC)).expect(0);
      subscriber.expectNotified(text("b"), PUBLIC);
    }
  }

  @Test
  void shouldNotifyOnlyWhereAttributesMatch() throws Exception {
    try (Client subscriber = subscriber("hostid=host1;endpoint_country=USA;", PUBLIC);
        Client publisher = publisher("hostid=other*;" + text("a"), PUBLIC)) {
      publisher.send(xpub(null, "endpoint_country=GBR;" + text("b"), PUBLIC), xpub(null, "hostid=h?st*;" + text("c"), PUBLIC)).expect(0, 0);
      subscriber.expectNotified("hostid=h?st*;" + text("c"), PUBLIC);
    }
  }

  @Test
  void shouldNotifyOnlyOnSharedChannelsAndOnce() throws Exception {
    try (Client subscriber = subscriber("", channel("x"), channel("y"));
        Client publisher = publisher(text("a"), channel("z"))) {
      publisher.send(xpub(null, text("b"), channel("z"), channel("y"), channel("x")), xpub(null, MARKER, channel("x"))).expect(0, 0);
      subscriber.expectNotified(text("b"), channel("y")).expectNotified(MARKER, channel("x"));
    }
  }

  @Test
  void shouldServePrivateChannelWithChains() throws Exception {
    try (Client subscriber = connect(broker.subscribe(), endpoint);
        Client publisher = connect(broker.publish(), controller)) {
      subscriber.send(xcert(subcmd), xsub(operatorKey, "", own)).expect(0, 0);
      String text = text("a") + "exp_priority=7;";
      for (String each : List.of(text, text("b"))) {
        publisher.send(xcert(pubcmd), xcert(exppriv), xpub(operatorKey, each, own)).expect(0, 0, 0);
        subscriber.expectNotified(each, own);
      }
      publisher
          .send(xcert(pubcmd), xcert(exppriv), xpub(operatorKey, text("c") + "exp_priority=8;", own))
          .expect(0, 0, StatusCode.EPUBBADPR);
    }
  }

  @Test
  void shouldServeDeputysEndpoint() throws Exception {
    Ed25519PrivateKey deputy = Pki.key();
    byte[] ofDeputy = deputy.publicKey().keyId().octets();
    try (Client subscriber = connect(broker.subscribe(), endpoint);
        Client publisher = connect(broker.publish(), controller)) {
      subscriber
          .send(
              xcert(Pki.representation(operator, deputy)),
              xcert(Pki.subcmd(deputy, endpoint, Pki.FAR)),
              xsub(operatorKey, "", own, ofDeputy))
          .expect(0, 0, 0);
      publisher
          .send(
              xcert(pubcmd),
              xcert(Pki.exppriv(deputy, experimenter, null, Pki.FAR)),
              xpub(deputy.publicKey(), text("a"), ofDeputy))
          .expect(0, 0, 0);
      subscriber.expectNotified(text("a"), ofDeputy);
    }
  }

  @Test
  void shouldRefusePrivateChannelWithoutProof() throws Exception {
    Certificate expired = Pki.subcmd(operator, endpoint, Instant.ofEpochSecond(1_500_000_000L));
    try (Client subscriber = connect(broker.subscribe(), endpoint);
        Client thief = connect(broker.subscribe(), Pki.key());
        Client publisher = connect(broker.publish(), controller)) {
      int bad = StatusCode.ESUBBADCHN;
      subscriber.send(xsub(operatorKey, "", own)).expect(bad);
      subscriber.send(xcert(expired), xsub(operatorKey, "", own)).expect(0, bad);
      subscriber.send(xcert(subcmd), xsub(null, "", own)).expect(0, bad);
      thief.send(xcert(subcmd), xsub(operatorKey, "", own)).expect(0, bad);
      publisher.send(xpub(operatorKey, text("a"), own)).expect(StatusCode.EPUBBADCHN);
      publisher.send(xcert(pubcmd), xcert(exppriv), xpub(Pki.key().publicKey(), text("a"), own)).expect(0, 0, StatusCode.EPUBBADCHN);
      // The list was cleared by the refusal: the same certificates are needed again, and suffice.
      publisher.send(xpub(operatorKey, text("a"), own)).expect(StatusCode.EPUBBADCHN);
      subscriber.send(xcert(subcmd), xsub(operatorKey, "", own)).expect(0, 0);
      assertEquals(0, broker.stat("publications"));
      assertEquals(1, broker.stat("subscriptions"));
      assertEquals(7, broker.stat("refused"));
      String last = broker.role.refusals().get(0).reason();
      assertTrue(last.contains("EPUBBADCHN"), last);
      assertTrue(broker.role.refusals().get(0).who().contains(controller.publicKey().keyId().toString()));
    }
  }

  @Test
  void shouldSendAllResultsBeforeTheFirstNotification() throws Exception {
    try (Client publisher = publisher(text("a"), PUBLIC);
        Client subscriber = connect(broker.subscribe(), endpoint)) {
      subscriber.send(xcert(subcmd), xcert(subcmd), xcert(subcmd), xsub(operatorKey, "", own, PUBLIC)).expect(0, 0, 0, 0);
      subscriber.expectNotified(text("a"), PUBLIC);
    }
  }

  @Test
  void shouldDeliverTextOnceOverReconnects() throws Exception {
    try (Client publisher = publisher(text("a"), PUBLIC)) {
      try (Client first = subscriber("", PUBLIC)) {
        first.expectNotified(text("a"), PUBLIC);
      }
      try (Client second = subscriber("", PUBLIC);
          Client other = connect(broker.subscribe(), Pki.key()).send(xsub(null, "", PUBLIC)).expect(0)) {
        other.expectNotified(text("a"), PUBLIC);
        publisher.send(xpub(null, text("a"), PUBLIC), xpub(null, MARKER, PUBLIC)).expect(0, 0);
        second.expectNotified(MARKER, PUBLIC);
        other.expectNotified(MARKER, PUBLIC);
      }
    }
  }

  @Test
  void shouldDeliverTextToOneOfTwoConnectionsOfAnEndpoint() throws Exception {
    try (Client first = subscriber("", PUBLIC);
        Client second = subscriber("", PUBLIC, channel("second"));
        Client publisher = publisher(text("a"), PUBLIC)) {
      publisher.send(xpub(null, MARKER, channel("second"))).expect(0);
      first.expectNotified(text("a"), PUBLIC);
      second.expectNotified(MARKER, channel("second"));
    }
  }

  @Test
  void shouldForgetPublicationsWhenTheirConnectionEnds() throws Exception {
    try (Client subscriber = subscriber("", channel("other"))) {
      publisher(text("a"), PUBLIC).close();
      broker.awaitStat("publications", 0);
      assertEquals(1, broker.stat("withdrawn"));
      subscriber.send(xsub(null, "", PUBLIC)).expect(0);
      try (Client publisher = publisher(MARKER, PUBLIC)) {
        subscriber.expectNotified(MARKER, PUBLIC);
      }
    }
  }

  @Test
  void shouldEndPublicationAtItsTime() throws Exception {
    try (Client publisher = connect(broker.publish(), controller);
        Client early = connect(broker.subscribe(), Pki.key()).send(xsub(null, "", PUBLIC)).expect(0)) {
      long end = (System.currentTimeMillis() + 900) * 1_000_000L;
      String text = text("a") + "pub_end=" + end + ";";
      publisher.send(xpub(null, text, PUBLIC)).expect(0);
      early.expectNotified(text, PUBLIC);
      broker.awaitStat("expired", 1);
      assertTrue(System.currentTimeMillis() * 1_000_000L >= end);
      assertEquals(0, broker.stat("publications"));
      try (Client late = subscriber("", PUBLIC)) {
        publisher.send(xpub(null, text, PUBLIC), xpub(null, MARKER, PUBLIC)).expect(StatusCode.EPUBBADXD, 0);
        late.expectNotified(MARKER, PUBLIC);
      }
    }
  }

  @Test
  void shouldEndWithTheChain() throws Exception {
    try (Client subscriber = connect(broker.subscribe(), endpoint);
        Client publisher = connect(broker.publish(), controller)) {
      Instant soon = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 2);
      subscriber.send(xcert(Pki.subcmd(operator, endpoint, soon)), xsub(operatorKey, "", own)).expect(0, 0);
      publisher
          .send(xcert(Pki.pubcmd(experimenter, controller, soon)), xcert(exppriv), xpub(operatorKey, text("a"), own))
          .expect(0, 0, 0);
      subscriber.expectNotified(text("a"), own);
      assertEquals(LinkEnd.Kind.PEER, subscriber.awaitEnd().kind());
      broker.awaitStat("expired", 2);
      assertEquals(0, broker.stat("publications"));
      assertEquals(0, broker.stat("subscriptions"));
      publisher.send(xpub(null, MARKER, PUBLIC)).expect(0);
    }
  }

  @Test
  void shouldServeBothOnOnePort() throws Exception {
    int port = broker.publish().getPort();
    broker.close();
    String both = "127.0.0.1:" + port;
    Configured configuration = RunningBroker.configuration(folder, null).with("Publish", both).with("Subscribe", both);
    broker = new RunningBroker(configuration, RunningBroker.QUICK);
    assertEquals(List.of(), broker.announcements.failed);
    assertTrue(broker.announcements.ready.get(0).endsWith(" publish and subscribe at " + both), broker.announcements.ready.get(0));
    try (Client publisher = publisher(text("a"), PUBLIC);
        Client subscriber = subscriber("", PUBLIC)) {
      subscriber.expectNotified(text("a"), PUBLIC);
    }
  }

  @Test
  void shouldListWhatItServes() throws Exception {
    try (Client publisher = publisher(text("a"), PUBLIC);
        Client subscriber = subscriber("hostid=h;", PUBLIC, channel("x"))) {
      subscriber.expectNotified(text("a"), PUBLIC);
      List<SessionStatus> sessions = broker.role.sessions();
      assertEquals(List.of("publication", "subscription"), sessions.stream().map(SessionStatus::kind).toList());
      assertTrue(sessions.get(0).peer().endsWith(" key " + controller.publicKey().keyId()), sessions.get(0).peer());
      assertEquals("channels=6d656173757265 descriptor=" + text("a"), sessions.get(0).detail());
      assertEquals("channels=6d656173757265,78 waiting=0 attributes=hostid=h;", sessions.get(1).detail());
      broker.awaitStat("notifications", 1);
      assertEquals(2, broker.stat("connections"));
    }
    broker.awaitStat("connections", 0);
    assertEquals(List.of(), broker.role.sessions());
  }

  @Test
  void shouldCloseConnectionsCleanlyWhenItStops() throws Exception {
    try (Client subscriber = subscriber("", PUBLIC)) {
      broker.close();
      assertEquals(LinkEnd.Kind.PEER, subscriber.awaitEnd().kind());
      assertEquals(1, broker.announcements.unregistered);
    }
  }
}
