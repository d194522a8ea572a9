package org.pktlab.controller.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.controller.Experiment;
import org.pktlab.controller.ExperimentRefusedException;
import org.pktlab.controller.ExperimentRequest;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.Start;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xpub;

/** Publication at a broker: manager specification, section 5; rendezvous specification, section 7. */
class PublicationTest {
  private static final long MS = 1_000_000L;

  @TempDir Path directory;
  private Pki pki;
  private Stage.Broker broker;
  private Configured publishing;
  private ControllerRole role;
  private final Stage.Told told = new Stage.Told();

  @BeforeEach
  void start() throws Exception {
    pki = new Pki(directory);
    broker = new Stage.Broker();
    publishing = Configured.publishing(pki, broker.address());
  }

  @AfterEach
  void stop() {
    if (role != null) {
      role.stop();
    }
    broker.close();
  }

  private Experiment publish(Configured configuration) throws ExperimentRefusedException {
    return publish(configuration, new ExperimentRequest(5, null, null, null));
  }

  private Experiment publish(Configured configuration, ExperimentRequest request) throws ExperimentRefusedException {
    role = Stage.controller(configuration);
    return role.start(request, told);
  }

  /** Plays the broker for entries that name operators, and gives the descriptors in the order in which they came. */
  private List<String> accept(Conversation link, int entries) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      link.next(Xcert.class);
      link.send(Result.SUCCESS);
      link.next(Xcert.class);
      link.send(Result.SUCCESS);
      texts.add(link.next(Xpub.class).text());
      link.send(Result.SUCCESS);
    }
    return texts;
  }

  @Nested
  class Dialogue {
    @Test
    void shouldPublishTheLastEntryFirstAndAwaitEachAnswer() throws Exception {
      String chain = pki.paths("command.cert", "privilege.cert");
      publish(publishing.entries(pki.entry(true, "one", "aabb,", ""), "0:two:" + chain + "::cc:"));
      Conversation link = broker.arriving();
      Xpub second = link.next(Xpub.class);
      assertTrue(second.text().endsWith("sni_key=two;"), second.text());
      assertArrayEquals(new byte[32], second.eopKey());
      assertEquals(1, second.channels().size());
      link.nothingMore();
      link.send(Result.SUCCESS);
      assertArrayEquals(Pki.COMMAND.der(), link.next(Xcert.class).der());
      link.nothingMore();
      assertEquals("PUBLISHING", role.sessions().get(0).state());
      link.send(Result.SUCCESS);
      assertArrayEquals(Pki.PRIVILEGE.der(), link.next(Xcert.class).der());
      link.nothingMore();
      link.send(Result.SUCCESS);
      Xpub first = link.next(Xpub.class);
      assertArrayEquals(Pki.OPERATOR.publicKey().raw(), first.eopKey());
      assertArrayEquals(new byte[] {(byte) 0xAA, (byte) 0xBB}, first.channels().get(0));
      assertArrayEquals(Pki.OPERATOR.publicKey().keyId().octets(), first.channels().get(1));
      assertEquals(0, told.published.get());
      link.send(Result.SUCCESS);
      Await.until("publication is told", () -> told.published.get() == 1);
      assertEquals("PUBLISHED", role.sessions().get(0).state());
      link.send(new Xcert(new byte[1]), Result.of(StatusCode.EPUBBADXD)); // ignored from now on
      role.stop();
      link.ended();
      link.nothingMore();
    }

    @Test
    void shouldEndTheExperimentWhenTheBrokerRefuses() throws Exception {
      publish(publishing);
      Conversation link = broker.arriving();
      link.next(Xcert.class);
      link.send(Result.of(StatusCode.EPUBBADCHN));
      link.ended();
      assertTrue(told.awaitEnded().startsWith("the broker refused the publication: EPUBBADCHN"), told.ended.toString());
      assertEquals(1, broker.accepted());
      assertEquals(0, told.published.get());
    }

    @Test
    void shouldTryAgainWhenTheBrokerMisbehavesOrDoesNotAnswer() throws Exception {
      publish(publishing);
      Conversation stray = broker.arriving();
      stray.next(Xcert.class);
      stray.send(new Xcert(new byte[1]));
      stray.ended();
      Conversation malformed = broker.arriving();
      malformed.next(Xcert.class);
      malformed.sendFrame((byte) 0x40, (byte) 0, (byte) 0, (byte) 1, (byte) 0);
      malformed.ended();
      Conversation silent = broker.arriving();
      silent.next(Xcert.class);
      silent.ended();
      accept(broker.arriving(), 1);
      Await.until("publication is told", () -> told.published.get() == 1);
      assertTrue(told.notices.get(0).contains("unexpected message"), told.notices.toString());
      assertTrue(told.notices.get(1).contains("malformed message"), told.notices.toString());
      assertTrue(told.notices.get(2).contains("no answer from the broker within 1500 ms"), told.notices.toString());
    }

    @Test
    void shouldPublishTheIdenticalTextsAgainWhenTheBrokerHasGoneAndComeBack() throws Exception {
      Experiment experiment =
          publish(publishing.with("PubPeriod", "3600000000000").entries(pki.entry(true, "", "", ""), pki.entry(false, "", "", "note=b;")));
      Conversation before = broker.arriving();
      List<String> texts = accept(before, 2);
      Await.until("publication is told", () -> told.published.get() == 1);
      assertEquals(List.of(texts.get(1), texts.get(0)), experiment.descriptors());
      broker.goAway();
      before.link.abort();
      Await.until("it is noticed", () -> told.notices.size() >= 3);
      broker.comeBack();
      assertEquals(texts, accept(broker.arriving(), 2));
      Await.until("publication is told", () -> told.published.get() == 2);
      assertTrue(told.ended.isEmpty());
    }

    @Test
    void shouldNotHammerABrokerThatAcceptsAndCloses() throws Exception {
      publish(publishing);
      long began = System.nanoTime();
      for (int i = 0; i < 5; i++) {
        Conversation link = broker.arriving();
        accept(link, 1);
        int published = i + 1;
        Await.until("publication is told", () -> told.published.get() == published);
        link.link.close();
      }
      assertTrue(System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos((40 + 80 + 160 + 320) / 2));
    }
  }

  @Nested
  class Descriptors {
    private String text(Configured configuration, ExperimentRequest request) throws Exception {
      publish(configuration, request);
      return accept(broker.arriving(), 1).get(0);
    }

    @Test
    void shouldWriteThePairsInTheOrderOfTheManager() throws Exception {
      long before = ControllerRole.epochNs();
      Configured configuration =
          publishing
              .with("PubCountry", "USA,CHE")
              .with("PubLocation", "JN4*,KO")
              .with("PubExpPriority", "7")
              .with("PubPeriod", "60000000000")
              .with("HostId", "other*")
              .entries(pki.entry(true, "key1", "", "first=1;second=2;"));
      String text = text(configuration, new ExperimentRequest(1, "host*", null, "controller.example:1234"));
      String pubEnd = text.replaceAll(".*;pub_end=([0-9]+);.*", "$1");
      assertEquals(
          "hostid=host*;endpoint_location=KO;endpoint_location=JN4*;endpoint_country=CHE;endpoint_country=USA;exp_priority=7;pub_end=" + pubEnd
              + ";controller_addr=controller.example:1234;sni_key=key1;second=2;first=1;",
          text);
      long end = Long.parseLong(pubEnd);
      assertTrue(end >= before + 60_000 * MS && end <= ControllerRole.epochNs() + 60_000 * MS);
    }

    @Test
    void shouldPublishTheAddressOnWhichItReallyListens() throws Exception {
      role = Stage.controller(publishing.entries(pki.entry(true, "k", "", "")));
      Experiment experiment = role.start(new ExperimentRequest(1, null, null, null), told);
      assertEquals("controller_addr=" + experiment.listenAddress() + ";sni_key=k;", accept(broker.arriving(), 1).get(0));
    }

    @Test
    void shouldPublishTheAddressByWhichItReachesTheBrokerWhenItListensEverywhere() throws Exception {
      role = Stage.controller(publishing.with("Listen", "0.0.0.0:0").entries(pki.entry(true, "k", "", "")));
      Experiment experiment = role.start(new ExperimentRequest(1, null, null, null), told);
      String port = experiment.listenAddress().replaceAll(".*:", "");
      assertEquals("controller_addr=127.0.0.1:" + port + ";sni_key=k;", accept(broker.arriving(), 1).get(0));
    }

    @Test
    void shouldLetOverridesReplaceDefaultsButNotTheKey() throws Exception {
      String text = text(publishing.with("PubExpPriority", "7").entries(pki.entry(true, "k", "", "exp_priority=9;controller_addr=far:1;")), new ExperimentRequest(1, null, null, null));
      assertEquals("sni_key=k;controller_addr=far:1;exp_priority=9;", text);
      role.stop();
      role = Stage.controller(publishing.entries(pki.entry(true, "a", "", ""), pki.entry(false, "k", "", "sni_key=x;")));
      String message =
          assertThrows(ExperimentRefusedException.class, () -> role.start(new ExperimentRequest(1, null, null, null), new Stage.Told())).getMessage();
      assertTrue(message.contains("the descriptor cannot be made") && message.contains("sni_key"), message);
    }

    @Test
    void shouldRefuseAnExperimentWhoseDescriptorCannotBeMade() {
      for (Configured configuration : List.of(publishing.with("PubCountry", "usa"), publishing.with("PubLocation", "jn"), publishing.with("HostId", "a;b"))) {
        ControllerRole controller = Stage.controller(configuration);
        String message =
            assertThrows(ExperimentRefusedException.class, () -> controller.start(new ExperimentRequest(1, null, null, null), new Stage.Told())).getMessage();
        assertTrue(message.startsWith("the descriptor cannot be made: "), message);
        assertEquals(0L, controller.stats().get("experiments running"));
        controller.stop();
      }
    }
  }

  @Nested
  class Times {
    @Test
    void shouldWithdrawAtTheEndOfPublicationAndGreetALittleLonger() throws Exception {
      Experiment experiment = publish(publishing.with("PubPeriod", "2000000000").with("GreetPeriodAfterPubEnd", "1000000000"));
      Conversation link = broker.arriving();
      accept(link, 1);
      long began = System.nanoTime();
      link.ended();
      assertTrue(told.ended.isEmpty());
      Conversation late = Stage.endpoint(experiment.listenAddress(), null);
      late.next(Start.class);
      late.send(Result.SUCCESS);
      Conversation session = told.session();
      Await.until("nobody is greeted any more", () -> "ENDING".equals(role.sessions().get(0).state()));
      assertTrue(System.nanoTime() - began > 900 * MS);
      assertTrue(told.ended.isEmpty(), "a running session goes on");
      session.link.close();
      assertEquals("its publication has ended", told.awaitEnded());
      assertEquals(1, broker.accepted());
    }

    @Test
    void shouldEndInTimeEvenWhenTheBrokerIsNeverReached() throws Exception {
      broker.goAway();
      publish(publishing.with("PubPeriod", "300000000"));
      assertEquals("its publication has ended", told.awaitEnded());
      assertTrue(told.notices.size() > 0);
      assertEquals(0, told.published.get());
    }

    @Test
    void shouldHeedTheLatestEndAmongItsEntries() throws Exception {
      long end = ControllerRole.epochNs() + 3_600_000 * MS;
      publish(publishing.with("PubPeriod", "200000000").entries(pki.entry(true, "a", "", ""), pki.entry(false, "b", "", "pub_end=" + end + ";")));
      Conversation link = broker.arriving();
      accept(link, 2);
      Await.until("publication is told", () -> told.published.get() == 1);
      long until = System.nanoTime() + 400 * MS;
      Await.until("the earlier end has passed", () -> System.nanoTime() > until);
      assertTrue(!link.hasEnded() && told.ended.isEmpty());
    }

    @Test
    void shouldWithdrawWhenEverySessionAskedForIsServed() throws Exception {
      Experiment experiment = publish(publishing, new ExperimentRequest(1, null, null, null));
      Conversation link = broker.arriving();
      accept(link, 1);
      Conversation endpoint = Stage.endpoint(experiment.listenAddress(), null);
      endpoint.next(Start.class);
      endpoint.send(Result.SUCCESS);
      told.session();
      link.ended();
      assertTrue(told.ended.isEmpty());
      endpoint.link.close();
      assertEquals("every session asked for was served", told.awaitEnded());
      assertEquals(1, broker.accepted());
    }

    @Test
    void shouldWithdrawWhenStopped() throws Exception {
      Experiment experiment = publish(publishing);
      Conversation link = broker.arriving();
      accept(link, 1);
      experiment.stop();
      link.ended();
      assertEquals("stopped", told.awaitEnded());
      assertEquals(1, broker.accepted());
    }
  }
}
