package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pktlab.cert.ChainMode;
import org.pktlab.link.Link;
import org.pktlab.link.LinkAcceptor;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.LinkServer;
import org.pktlab.link.ListenRequest;
import org.pktlab.link.ServerCredentials;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Xcert;
import org.pktlab.protocol.Xnotify;
import org.pktlab.protocol.Xsub;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.EndpointAttributes;
import org.pktlab.role.RefusalLog;

/** The endpoint's dialogue with a broker: rendezvous specification, section 8. */
class SubscriptionTest {
  private static final byte[] CHANNEL = {'c', 'h'};
  private static final BrokerSubscription.Pace QUICK = new BrokerSubscription.Pace(40, 400, 300, 1_500);

  private final BlockingQueue<ControllerEnd> connections = new LinkedBlockingQueue<>();
  private final BlockingQueue<Descriptor> descriptors = new LinkedBlockingQueue<>();
  private final AtomicInteger subscribed = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();
  private final RefusalLog refusals = new RefusalLog();
  private final ScheduledExecutorService conductor = Executors.newSingleThreadScheduledExecutor();
  private final List<byte[]> representation = List.of(TestTrust.endpointChain().get(0), TestTrust.endpointChain().get(0));
  private LinkServer server;
  private BrokerSubscription subscription;

  @BeforeEach
  void start() throws Exception {
    listen(0);
    EndpointSettings settings =
        new EndpointSettings(
            Rig.host(),
            1_000_000,
            Rig.EVERYTHING,
            TestTrust.ENDPOINT,
            TestTrust.endpointChain(),
            List.of(TestTrust.OPERATOR.publicKey()),
            new EndpointSettings.SubscriptionSettings(
                new Address("127.0.0.1", server.address().getPort()),
                TestTrust.agentChain(TestTrust.ENDPOINT),
                List.of(TestTrust.AGENTS.publicKey()),
                representation,
                List.of(Channel.of(CHANNEL), Channel.of(new byte[32])),
                TestTrust.OPERATOR.publicKey(),
                EndpointAttributes.parse("hostid=h;endpoint_country=USA;")),
            null,
            1,
            null,
            Set.of(),
            false);
    subscription = new BrokerSubscription(Rig.links(), conductor, settings, refusals, descriptors::add, subscribed::incrementAndGet, QUICK);
    conductor.execute(subscription::start);
  }

  private void listen(int port) throws IOException {
    ServerCredentials credentials =
        new ServerCredentials(TestTrust.BROKER, TestTrust.agentChain(TestTrust.BROKER), ChainMode.AGENT, List.of(TestTrust.AGENTS.publicKey()), true, null);
    server =
        Rig.farLinks()
            .listen(
                new ListenRequest(new InetSocketAddress(Rig.ip("127.0.0.1"), port), sni -> credentials, LinkLimits.RENDEZVOUS),
                new LinkAcceptor() {
                  @Override
                  public LinkHandler onLink(Link link) {
                    accepted.incrementAndGet();
                    ControllerEnd end = new ControllerEnd(link);
                    connections.add(end);
                    return end;
                  }

                  @Override
                  public void onRefused(InetSocketAddress remote, String reason) {}
                });
  }

  @AfterEach
  void stop() throws Exception {
    conductor.submit(subscription::stop).get(Await.SECONDS, TimeUnit.SECONDS);
    server.close();
    conductor.shutdown();
    for (ControllerEnd end = connections.poll(); end != null; end = connections.poll()) {
      end.ended();
    }
  }

  private ControllerEnd arriving() throws InterruptedException {
    return ControllerEnd.required(connections.poll(Await.SECONDS, TimeUnit.SECONDS));
  }

  private ControllerEnd subscribed() throws InterruptedException {
    ControllerEnd broker = arriving();
    int before = subscribed.get();
    broker.next(Xcert.class);
    broker.next(Xcert.class);
    broker.next(Xsub.class);
    broker.send(Result.SUCCESS, Result.SUCCESS, Result.SUCCESS);
    Await.until("the subscription stands", () -> subscribed.get() == before + 1);
    connections.add(broker);
    return broker;
  }

  private static Xnotify notify(String text) {
    return new Xnotify(CHANNEL, text);
  }

  private boolean refusedBecause(String part) {
    return refusals.latest().stream().anyMatch(refusal -> refusal.reason().contains(part));
  }

  @Test
  void shouldSendItsChainInOrderAndThenTheSubscriptionWithoutWaiting() throws Exception {
    ControllerEnd broker = arriving();
    assertArrayEquals(representation.get(0), broker.next(Xcert.class).der());
    assertArrayEquals(representation.get(1), broker.next(Xcert.class).der());
    Xsub xsub = broker.next(Xsub.class);
    assertEquals(2, xsub.channels().size());
    assertArrayEquals(CHANNEL, xsub.channels().get(0));
    assertArrayEquals(TestTrust.OPERATOR.publicKey().raw(), xsub.eopKey());
    assertEquals("hostid=h;endpoint_country=USA;", xsub.text());
    assertEquals("SUBSCRIBING", subscription.state());
    assertEquals(0, subscribed.get());
    broker.send(Result.SUCCESS, Result.SUCCESS, Result.SUCCESS);
    Await.until("the subscription stands", () -> subscribed.get() == 1);
    assertEquals("SUBSCRIBED", subscription.state());
    assertEquals(1, accepted.get());
  }

  @Test
  void shouldHandOnDescriptorsInOrderAndPassOverBadOnes() throws Exception {
    ControllerEnd broker = subscribed();
    broker.send(notify("x=1;"), notify("x=" + "9".repeat(5_000) + ";"), notify(""), notify("x=2;"));
    assertEquals("x=1;", descriptors.poll(Await.SECONDS, TimeUnit.SECONDS).format());
    assertEquals("", descriptors.poll(Await.SECONDS, TimeUnit.SECONDS).format());
    assertEquals("x=2;", descriptors.poll(Await.SECONDS, TimeUnit.SECONDS).format());
    assertEquals(1, refusals.total());
    assertEquals(3, subscription.descriptors());
  }

  @Test
  void shouldConnectAgainWithGrowingPausesWhenItIsRefused() throws Exception {
    long[] times = new long[6];
    for (int i = 0; i < times.length; i++) {
      ControllerEnd broker = arriving();
      times[i] = System.nanoTime();
      broker.next(Xcert.class);
      broker.send(Result.of(StatusCode.ESUBBADCHL));
      broker.ended();
    }
    // Pauses are at least half of 40, 80, 160, 320, 400 ms.
    assertTrue(times[5] - times[0] > TimeUnit.MILLISECONDS.toNanos((40 + 80 + 160 + 320 + 400) / 2));
    assertTrue(times[5] - times[4] > TimeUnit.MILLISECONDS.toNanos(200));
    assertTrue(refusedBecause("the broker refused"));
    assertEquals(0, subscribed.get());
  }

  @Test
  void shouldNotHammerABrokerThatAcceptsAndCloses() throws Exception {
    long[] times = new long[5];
    for (int i = 0; i < times.length; i++) {
      ControllerEnd broker = subscribed();
      connections.remove(broker);
      times[i] = System.nanoTime();
      broker.close();
    }
    assertTrue(times[4] - times[0] > TimeUnit.MILLISECONDS.toNanos((40 + 80 + 160 + 320) / 2));
  }

  @Test
  void shouldDropTheConnectionWhenAnythingButANotificationComes() throws Exception {
    for (Message stray : List.of(Result.SUCCESS, new Xcert(new byte[1]), new org.pktlab.protocol.Unknown(0xF0, new byte[2]))) {
      ControllerEnd broker = subscribed();
      connections.remove(broker);
      broker.send(stray);
      broker.ended();
    }
    Await.until("the reason is noted", () -> refusedBecause("unexpected message"));
    ControllerEnd broker = subscribed();
    connections.remove(broker);
    broker.sendFrames(new byte[] {0x70, 0, 0, 1, 0});
    broker.ended();
    Await.until("the reason is noted", () -> refusedBecause("malformed message"));
  }

  @Test
  void shouldDropTheConnectionWhenANotificationComesBeforeTheAnswers() throws Exception {
    ControllerEnd broker = arriving();
    broker.next(Xcert.class);
    broker.send(Result.SUCCESS, notify("x=1;"));
    broker.ended();
    assertEquals(0, descriptors.size());
  }

  @Test
  void shouldDropTheConnectionWhenTheBrokerDoesNotAnswer() throws Exception {
    ControllerEnd broker = arriving();
    broker.next(Xcert.class);
    broker.send(Result.SUCCESS);
    broker.ended();
    Await.until("the reason is noted", () -> refusedBecause("no answer within 1500 ms"));
  }

  @Test
  void shouldSubscribeAgainWhenTheBrokerHasGoneAndComeBack() throws Exception {
    ControllerEnd broker = subscribed();
    connections.remove(broker);
    int port = server.address().getPort();
    server.close();
    broker.link.abort();
    Await.until("attempts fail", () -> refusals.total() >= 3);
    listen(port);
    ControllerEnd again = subscribed();
    again.send(notify("x=after;"));
    assertEquals("x=after;", descriptors.poll(Await.SECONDS, TimeUnit.SECONDS).format());
    assertEquals(2, subscription.connections());
  }

  @Test
  void shouldStayAwayOnceStopped() throws Exception {
    ControllerEnd broker = subscribed();
    conductor.submit(subscription::stop).get(Await.SECONDS, TimeUnit.SECONDS);
    broker.ended();
    assertEquals("STOPPED", subscription.state());
    conductor.submit(subscription::start).get(Await.SECONDS, TimeUnit.SECONDS);
    assertEquals(1, accepted.get());
    assertEquals(0, refusals.total());
  }
}
