package org.pktlab.broker.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pktlab.broker.core.Client.channel;
import static org.pktlab.broker.core.Client.connect;
import static org.pktlab.broker.core.Client.xpub;
import static org.pktlab.broker.core.Client.xsub;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.protocol.Message;

/** Many publications and subscriptions; ten thousand of each with {@code -Dpktlab.long=true}. */
class ManyClientsTest {
  private static final boolean LONG = Boolean.getBoolean("pktlab.long");
  private static final int SUBSCRIBERS = LONG ? 625 : 8;
  private static final int SUBSCRIPTIONS = 16;
  private static final int PUBLISHERS = LONG ? 40 : 4;
  private static final int PUBLICATIONS = LONG ? 250 : 50;
  private static final byte[] ALL = channel("all");

  @TempDir Path folder;

  private static String text(String name) {
    return "controller_addr=192.0.2.1;sni_key=" + name + ";hostid=host*;";
  }

  @Test
  void shouldServeManyAndTouchOnlySharedChannels() throws Exception {
    try (RunningBroker broker = new RunningBroker(folder, RunningBroker.QUICK, folder)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < PUBLISHERS; i++) {
        Message[] all = new Message[PUBLICATIONS];
        for (int k = 0; k < PUBLICATIONS; k++) {
          all[k] = xpub(null, text("p" + i + "x" + k), channel("c" + i), channel("k" + k));
        }
        clients.add(connect(broker.publish(), Pki.key()).send(all).expect(new int[PUBLICATIONS]));
      }
      List<Client> subscribers = new ArrayList<>();
      for (int i = 0; i < SUBSCRIBERS; i++) {
        Message[] all = new Message[SUBSCRIPTIONS];
        for (int k = 0; k < SUBSCRIPTIONS; k++) {
          all[k] = xsub(null, "hostid=host" + i + ";", ALL, channel("own" + i + "x" + k));
        }
        subscribers.add(connect(broker.subscribe(), Pki.key()).send(all).expect(new int[SUBSCRIPTIONS]));
      }
      assertEquals((long) PUBLISHERS * PUBLICATIONS, broker.stat("publications"));
      assertEquals((long) SUBSCRIBERS * SUBSCRIPTIONS, broker.stat("subscriptions"));
      long before = System.nanoTime();
      clients.get(0).send(xpub(null, text("all"), ALL)).expect(0);
      for (Client subscriber : subscribers) {
        subscriber.expectNotified(text("all"), ALL);
      }
      long tookMs = (System.nanoTime() - before) / 1_000_000;
      assertTrue(tookMs < 5_000, "one publication took " + tookMs + " ms to reach " + SUBSCRIBERS + " endpoints");
      try (Client late = connect(broker.subscribe(), Pki.key()).send(xsub(null, "", channel("c1"), channel("k0"))).expect(0)) {
        for (int i = 0; i < PUBLICATIONS + PUBLISHERS - 1; i++) {
          late.next();
        }
        clients.get(0).send(xpub(null, text("last"), channel("c1"))).expect(0);
        late.expectNotified(text("last"), channel("c1"));
      }
      if (LONG) {
        System.out.println("one publication reached " + SUBSCRIBERS + " endpoints in " + tookMs + " ms");
      }
      clients.addAll(subscribers);
      for (Client client : clients) {
        client.close();
      }
      broker.awaitStat("connections", 0);
      assertEquals(0, broker.stat("publications"));
      assertEquals(0, broker.stat("subscriptions"));
    }
  }
}
