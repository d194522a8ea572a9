package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.Suspd;
import org.pktlab.protocol.Yield;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.role.SessionStatus;

/** Which experiment runs when: rendezvous specification, section 10; protocol specification, section 11. */
class PoolTest {
  private static final byte[] LOCAL4 = {127, 0, 0, 1};
  private static final long MS = 1_000_000L;

  private static List<String> states(Rig rig) {
    return rig.pool.status().stream().map(SessionStatus::state).toList();
  }

  @Nested
  class Yielding {
    @Test
    void shouldAnswerCloseAndStartAgainWhenTheTimeHasCome() {
      try (Rig rig = Rig.usual();
          Peers.Udp sink = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd controller = rig.session();
        controller.succeed(Nopen.udp(1, 100, LOCAL4, 0));
        controller.succeed(new Nsend(1, 4, 17, rig.clock() + 100 * MS, 5, sink.address(), sink.port(), new byte[10]));
        long resume = rig.clock() + 400 * MS;
        controller.succeed(new Yield(resume));
        controller.ended();
        controller.nothingMore();
        Await.until("the experiment waits", () -> states(rig).equals(List.of("WAITING")));
        assertEquals(0, rig.buffer.used());
        ControllerEnd again = rig.arriving();
        assertTrue(rig.clock() >= resume);
        again.started();
        assertEquals(0, again.readNumber(MemoryMap.socketField(1, 0), 4), "nothing is left of the session before");
        again.close();
        rig.awaitEnded(1);
        assertEquals(2, rig.pool.started());
      }
    }

    @Test
    void shouldStartAgainAtOnceWhenTheTimeIsPast() {
      try (Rig rig = Rig.usual()) {
        rig.session().succeed(new Yield(0));
        rig.arriving().started().succeed(new Yield(1));
        rig.arriving().started();
        assertEquals(0, rig.pool.completed());
      }
    }

    @Test
    void shouldLetOthersRunMeanwhile() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd first = rig.session();
        rig.offer(0);
        first.succeed(new Yield(-1)); // for ever
        rig.arriving().started();
        Await.until("one waits and one runs", () -> states(rig).equals(List.of("WAITING", "RUNNING")));
      }
    }
  }

  @Nested
  class Priorities {
    @Test
    void shouldSuspendForAStrictlyHigherPriorityAndStartAgainAfterwards() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd low = rig.session();
        low.succeed(Nopen.udp(1, 100, LOCAL4, 0));
        rig.offer(0); // equal: it waits
        rig.settleConductor();
        low.read(MemoryMap.CLOCK, 8);
        String urgent = rig.offer(7);
        low.next(Suspd.class);
        low.ended();
        low.nothingMore();
        ControllerEnd high = rig.arriving().started();
        rig.offer(urgent, 7, -1); // the same text again: dropped
        rig.settleConductor();
        assertEquals(3, rig.pool.status().size());
        high.close();
        rig.awaitEnded(1);
        rig.arriving().started().close();
        rig.arriving().started().close();
        rig.awaitEnded(3);
        assertEquals(4, rig.pool.started());
      }
    }

    @Test
    void shouldSuspendInSetUpToo() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd low = rig.connect();
        rig.offer(1);
        low.next(Suspd.class);
        low.ended();
        rig.arriving().started().close();
        rig.arriving().started();
      }
    }

    @Test
    void shouldPreferTheHighestPriorityThenTheLatestArrival() throws Exception {
      try (Rig rig = Rig.usual()) {
        rig.offer(9);
        ControllerEnd running = rig.arriving().started();
        for (String item : List.of("early 5", "late 5", "low 3", "last 5")) {
          String[] parts = item.split(" ");
          Descriptor descriptor = Descriptor.parse("controller_addr=" + rig.controller() + ";exp_priority=" + parts[1] + ";sni_key=" + parts[0] + ";");
          rig.conductor.execute(() -> rig.pool.offer(descriptor));
        }
        rig.settleConductor();
        running.close();
        for (String expected : List.of("last", "late", "early", "low")) {
          ControllerEnd next = rig.arriving();
          assertEquals(expected, next.link.peer().sni());
          next.started().close();
        }
        rig.awaitEnded(5);
      }
    }

    @Test
    void shouldRunOneAtATimeByDefault() {
      try (Rig rig = Rig.usual()) {
        ControllerEnd first = rig.session();
        rig.offer(0);
        rig.settleConductor();
        first.read(MemoryMap.CLOCK, 8);
        assertFalse(rig.anyArrived());
        assertEquals(List.of("RUNNING", "WAITING"), states(rig));
        first.close();
        rig.arriving().started();
      }
    }

    @Test
    void shouldRunTwoAtATimeWhenConfiguredAndSuspendTheLowerOfThem() {
      try (Rig rig = Rig.with().experiments(2).start();
          Peers.Udp sink = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        rig.offer(3);
        ControllerEnd first = rig.arriving().started();
        rig.offer(2);
        ControllerEnd second = rig.arriving().started();
        // Each has its own sockets and tags; the buffer is shared.
        first.succeed(Nopen.udp(1, 100, LOCAL4, 0));
        second.succeed(Nopen.udp(1, 200, LOCAL4, 0));
        assertEquals(100, first.readNumber(MemoryMap.socketField(1, MemoryMap.OFFSET_RBUFSZ), 4));
        assertEquals(200, second.readNumber(MemoryMap.socketField(1, MemoryMap.OFFSET_RBUFSZ), 4));
        first.succeed(new Nsend(1, 4, 17, rig.clock() + 3_600_000 * MS, 0, sink.address(), sink.port(), new byte[61]));
        assertEquals(200, second.readNumber(MemoryMap.BUFFER_USED, 4));
        second.succeed(new Nsend(1, 4, 17, 0, 9, sink.address(), sink.port(), new byte[1]));
        assertEquals(9, second.next(Ntag.class).tag());
        rig.offer(9);
        second.next(Suspd.class);
        ControllerEnd third = rig.arriving().started();
        assertFalse(first.hasEnded());
        third.close();
        rig.arriving().started();
        first.read(MemoryMap.CLOCK, 8);
      }
    }

    @Test
    void shouldLetOneSessionUseTheBufferThatAnotherGivesBack() throws Exception {
      try (Rig rig = Rig.with().experiments(2).buffer(100_000).start();
          Peers.Tcp far = new Peers.Tcp(Rig.ip("127.0.0.1"));
          Peers.Udp sink = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        ControllerEnd holder = rig.session();
        ControllerEnd receiver = rig.session();
        holder.succeed(Nopen.udp(1, 100, LOCAL4, 0));
        holder.succeed(new Nsend(1, 4, 17, rig.clock() + 3_600_000 * MS, 0, sink.address(), sink.port(), new byte[49_861]));
        holder.succeed(new Nsend(1, 4, 17, rig.clock() + 3_600_000 * MS, 0, sink.address(), sink.port(), new byte[49_861]));
        receiver.succeed(Nopen.tcpConnect(1, 10_000, new byte[4], 0, LOCAL4, far.port()));
        try (java.net.Socket peer = far.accept()) {
          receiver.next(org.pktlab.protocol.Nstat.class);
          peer.getOutputStream().write(new byte[5_000]);
          receiver.read(MemoryMap.CLOCK, 8);
          receiver.nothingMore();
          holder.close();
          int received = 0;
          while (received < 5_000) {
            received += receiver.next(org.pktlab.protocol.Ndata.class).data().length;
          }
        }
      }
    }
  }

  @Nested
  class Descriptors {
    @Test
    void shouldDropATextThatWaitsOrRunsAndTakeItAgainOnceItIsOver() {
      try (Rig rig = Rig.usual()) {
        rig.offer("x=1;", 0, -1);
        ControllerEnd session = rig.arriving().started();
        rig.offer("x=1;", 0, -1);
        rig.settleConductor();
        assertEquals(1, rig.pool.status().size());
        session.close();
        rig.awaitEnded(1);
        rig.offer("x=1;", 0, -1);
        rig.arriving().started();
      }
    }

    @Test
    void shouldNotServeATextAgainThatIsStillBeingPublished() {
      try (Rig rig = Rig.usual()) {
        long until = rig.clock() + 600_000 * MS;
        rig.offer("x=2;", 0, until);
        rig.arriving().started().close();
        rig.awaitEnded(1);
        rig.offer("x=2;", 0, until);
        rig.settleConductor();
        assertTrue(rig.pool.status().isEmpty());
        rig.clockShiftNs.set(601_000 * MS);
        rig.offer("x=2;", 0, rig.clock() + 600_000 * MS);
        rig.arriving().started();
      }
    }

    @Test
    void shouldRefuseOneWhosePublicationHasEnded() {
      try (Rig rig = Rig.usual()) {
        rig.offer("x=3;", 0, rig.clock() - 1);
        rig.settleConductor();
        assertTrue(rig.pool.status().isEmpty());
        assertTrue(rig.refused("descriptor", "ended"));
      }
    }

    @Test
    void shouldReadAddressKeyAndPriorityFromTheText() throws Exception {
      try (Rig rig = Rig.usual()) {
        Descriptor descriptor = Descriptor.parse("controller_addr=" + rig.controller() + ";sni_key=abc123;exp_priority=5;");
        rig.conductor.execute(() -> rig.pool.offer(descriptor));
        ControllerEnd session = rig.arriving();
        assertEquals("abc123", session.link.peer().sni());
        assertEquals("priority=5", rig.pool.status().get(0).detail().split(" ")[0]);
      }
    }

    @Test
    void shouldIgnoreOneWithoutAnAddressOrWithABadKey() throws Exception {
      try (Rig rig = Rig.usual()) {
        for (String text : List.of("exp_priority=5;", "controller_addr=;", "controller_addr=127.0.0.1:1;sni_key=A-B;")) {
          Descriptor descriptor = Descriptor.parse(text);
          rig.conductor.execute(() -> rig.pool.offer(descriptor));
        }
        rig.settleConductor();
        assertTrue(rig.pool.status().isEmpty());
        assertEquals(3, rig.refusals.total());
      }
    }
  }

  @Nested
  class Connecting {
    @Test
    @EnabledIfSystemProperty(named = "pktlab.long", matches = "true")
    void shouldGiveUpAControllerThatCannotBeReachedAfterAboutFiveSeconds() throws IOException {
      int port;
      try (ServerSocket reserved = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = reserved.getLocalPort();
      }
      try (Rig rig = Rig.usual()) {
        long began = System.nanoTime();
        rig.offer("x=4;", new Address("127.0.0.1", port), 0, -1);
        rig.awaitEnded(1);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(took.toMillis() >= 3_500 && took.toMillis() < 9_000, took.toString());
        rig.settleConductor();
        assertTrue(rig.pool.status().isEmpty());
        assertEquals(1, rig.idle.get());
        assertTrue(rig.refusals.total() == 1);
      }
    }

    @Test
    void shouldLetAHigherPriorityPassOneThatIsBeingConnected() throws IOException {
      int port;
      try (ServerSocket reserved = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = reserved.getLocalPort();
      }
      try (Rig rig = Rig.usual()) {
        rig.offer("x=5;", new Address("127.0.0.1", port), 0, -1);
        rig.settleConductor();
        rig.offer(1);
        rig.arriving().started();
        Await.until("one waits and one runs", () -> states(rig).equals(List.of("WAITING", "RUNNING")));
      }
    }

    @Test
    void shouldNotTryAgainWhenTheControllerIsNotTrusted() {
      byte[] self = TestTrust.issue(CertificateOptions.of(CertificateKind.PUBCMD), TestTrust.EXPERIMENTER, TestTrust.CONTROLLER, Duration.ofHours(1)).der();
      try (Rig rig = Rig.with().controllerChain(List.of(self)).start()) {
        long began = System.nanoTime();
        rig.offer(0);
        rig.awaitEnded(1);
        assertTrue(System.nanoTime() - began < 3_000 * MS);
        assertEquals(1, rig.refusals.total());
        assertEquals("session", rig.refusals.latest().get(0).what());
        assertFalse(rig.anyArrived());
      }
    }

    @Test
    void shouldGiveUpANameThatDoesNotResolve() {
      try (Rig rig = Rig.usual()) {
        rig.offer("x=6;", new Address("no-such-host.invalid", 1), 0, -1);
        rig.awaitEnded(1);
        assertTrue(rig.refused("session", "does not resolve"));
      }
    }
  }

  @Test
  void shouldCloseEverySessionWhenItStops() {
    ControllerEnd session;
    try (Rig rig = Rig.usual()) {
      session = rig.session();
      rig.offer(0);
      session.send(new Yield(-1));
      assertEquals(Result.SUCCESS, session.next());
      rig.arriving().started();
    }
    session.ended();
  }
}
