package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Nstat;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.SendError;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;

/** TCP sockets of a session: protocol specification, sections 7 and 9. */
class TcpSocketsTest {
  private static final byte[] ANY4 = new byte[4];
  private static final byte[] LOCAL4 = {127, 0, 0, 1};
  private static final long HOUR_NS = 3_600_000_000_000L;

  private Rig rig;
  private ControllerEnd controller;
  private Peers.Tcp far;

  @BeforeEach
  void connect() {
    rig = Rig.with().buffer(1_000_000).start();
    controller = rig.session();
    far = new Peers.Tcp(Rig.ip("127.0.0.1"));
  }

  @AfterEach
  void close() {
    far.close();
    rig.close();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private long number(int sktid, int offset, int octets) {
    return controller.readNumber(MemoryMap.socketField(sktid, offset), octets);
  }

  private byte state(int sktid) {
    return (byte) number(sktid, MemoryMap.OFFSET_STATE, 1);
  }

  private void awaitState(int sktid, byte state) {
    Await.until(() -> "state " + SocketState.name(state) + ", not " + SocketState.name(state(sktid)), () -> state(sktid) == state);
  }

  private static Nsend send(int sktid, long timeNs, int tag, byte[] data) {
    return new Nsend(sktid, 4, 6, timeNs, tag, null, 0, data);
  }

  private static Nctl fin(int sktid, long timeNs) {
    return new Nctl(sktid, 4, 6, timeNs, Nctl.FIN);
  }

  private Socket open(int sktid, long rbufsz) {
    controller.succeed(Nopen.tcpConnect(sktid, rbufsz, ANY4, 0, LOCAL4, far.port()));
    Socket peer = far.accept();
    assertEquals(StatCode.ESTABLISHED, controller.next(Nstat.class).code());
    return peer;
  }

  private void tagIs(int tag, int status) {
    Ntag got = controller.next(Ntag.class);
    assertEquals(List.of(tag, status), List.of(got.tag(), got.status()));
  }

  private static void reset(Socket peer) throws Exception {
    peer.setSoLinger(true, 0);
    peer.close();
  }

  @Nested
  class Life {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void shouldReportResultEstablishedDataAndTheEndOfThePeerInOrder(String host) throws Exception {
      InetAddress address = Rig.ip(host);
      int family = address.getAddress().length == 4 ? 4 : 6;
      try (Peers.Tcp server = new Peers.Tcp(address)) {
        controller.send(Nopen.tcpConnect(5, 4096, new byte[address.getAddress().length], 0, address.getAddress(), server.port()));
        controller.nextIsResult(StatusCode.SUCCESS);
        try (Socket peer = server.accept()) {
          Nstat established = controller.next(Nstat.class);
          assertEquals(List.of(5, family, 6, StatCode.ESTABLISHED, server.port()), List.of(established.sktid(), established.family(), established.proto(), established.code(), established.rport()));
          assertArrayEquals(address.getAddress(), established.raddr());
          controller.send(new Nsend(5, family, 6, 0, 77, null, 0, text("hello")));
          controller.nextIsResult(StatusCode.SUCCESS);
          tagIs(77, StatusCode.SUCCESS);
          assertArrayEquals(text("hello"), peer.getInputStream().readNBytes(5));
          peer.getOutputStream().write(text("world"));
          Ndata data = controller.next(Ndata.class);
          assertArrayEquals(text("world"), data.data());
          assertEquals(List.of(5, family, 6), List.of(data.sktid(), data.family(), data.proto()));
          controller.send(new Nctl(5, family, 6, 1, Nctl.FIN));
          controller.nextIsResult(StatusCode.SUCCESS);
          assertEquals(-1, peer.getInputStream().read());
        }
        assertEquals(StatCode.PEER_CLOSED, controller.next(Nstat.class).code());
        assertEquals(SocketState.END, state(5));
        controller.succeed(new Nclose(5));
        assertEquals(SocketState.FREE, state(5));
        controller.nothingMore();
      }
    }

    @Test
    void shouldShowTheStateOpeningBeforeTheConnectionExistsAndQueueSends() throws Exception {
      controller.send(Nopen.tcpConnect(1, 100, ANY4, 0, LOCAL4, far.port()), send(1, 0, 1, text("early")));
      controller.nextIsResult(StatusCode.SUCCESS);
      controller.nextIsResult(StatusCode.SUCCESS);
      assertEquals(StatCode.ESTABLISHED, controller.next(Nstat.class).code());
      tagIs(1, StatusCode.SUCCESS);
      try (Socket peer = far.accept()) {
        assertArrayEquals(text("early"), peer.getInputStream().readNBytes(5));
      }
    }

    @Test
    void shouldReportARefusedConnectionInStateAndNotification() {
      int port = far.port();
      far.close();
      controller.send(Nopen.tcpConnect(1, 100, ANY4, 0, LOCAL4, port), send(1, 0, 9, text("never")));
      controller.nextIsResult(StatusCode.SUCCESS);
      controller.nextIsResult(StatusCode.SUCCESS);
      assertEquals(StatCode.RESET, controller.next(Nstat.class).code());
      tagIs(9, StatusCode.EPKTNOTSENT);
      assertEquals(SocketState.REFUSED, state(1));
      assertEquals(StatusCode.ESKTINUSE, controller.status(Nopen.tcpConnect(1, 100, ANY4, 0, LOCAL4, port)));
      assertEquals(StatusCode.ESKTNOTOPEN, controller.status(send(1, 0, 0, text("no"))));
      assertEquals(StatusCode.ESKTNOTOPEN, controller.status(fin(1, 1)));
      controller.succeed(new Nclose(1));
    }

    @Test
    void shouldReportAResetAndDiscardWhatIsQueued() throws Exception {
      Socket peer = open(1, 100);
      controller.succeed(send(1, rig.clock() + HOUR_NS, 3, text("later")));
      reset(peer);
      assertEquals(StatCode.RESET, controller.next(Nstat.class).code());
      tagIs(3, StatusCode.EPKTNOTSENT);
      assertEquals(SocketState.RESET, state(1));
      assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
    }

    @Test
    void shouldGoOnSendingAfterTheEndOfThePeer() throws Exception {
      try (Socket peer = open(1, 100)) {
        peer.shutdownOutput();
        assertEquals(StatCode.PEER_CLOSED, controller.next(Nstat.class).code());
        assertEquals(SocketState.EOF, state(1));
        controller.succeed(send(1, 0, 4, text("still")));
        tagIs(4, StatusCode.SUCCESS);
        assertArrayEquals(text("still"), peer.getInputStream().readNBytes(5));
        controller.succeed(fin(1, 1));
        assertEquals(-1, peer.getInputStream().read());
        awaitState(1, SocketState.END);
        assertEquals(StatusCode.ESKTNOTOPEN, controller.status(send(1, 0, 0, text("no"))));
        controller.succeed(fin(1, 1));
        controller.nothingMore();
      }
    }

    @Test
    void shouldFailTheSocketWhenASendMeetsAClosedPeer() throws Exception {
      Socket peer = open(1, 0); // reading is paused, so the failure is met by a send
      controller.succeed(send(1, 0, 1, text("one")));
      tagIs(1, StatusCode.SUCCESS);
      peer.close(); // with an octet unread: the peer answers with a reset
      List<Byte> errors = List.of(SocketState.RESET, SocketState.UNKFAULT);
      int tag = 2;
      while (!errors.contains(state(1))) {
        controller.status(send(1, 0, tag++, text("more")));
      }
      Message last = controller.next();
      while (last instanceof Ntag sent && sent.status() == StatusCode.SUCCESS) {
        last = controller.next();
      }
      assertTrue(last instanceof Nstat stat && stat.code() != StatCode.ESTABLISHED, String.valueOf(last));
      controller.succeed(new Nclose(1));
      assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
    }
  }

  @Nested
  class Refusals {
    @Test
    void shouldAnswerTheListeningFormWith11() {
      assertEquals(StatusCode.ECTLNOTSUP, controller.status(Nopen.tcpListen(1, 100, ANY4, 0)));
      assertEquals(SocketState.FREE, state(1));
    }

    @Test
    void shouldAnswerAnUnknownCommandWith11AndGoOn() throws Exception {
      try (Socket peer = open(1, 100)) {
        assertEquals(StatusCode.ECTLNOTSUP, controller.status(new Nctl(1, 4, 6, 0, 2)));
        assertEquals(StatusCode.ECTLNOTSUP, controller.status(new Nctl(1, 4, 6, 0, 255)));
        assertEquals(SocketState.OPEN, state(1));
        assertEquals(StatusCode.ESKTNOMATCH, controller.status(new Nctl(1, 6, 6, 0, Nctl.FIN)));
        assertEquals(0, peer.getInputStream().available());
      }
    }

    @Test
    void shouldAnswerLocalPortsAndAddressesThatCannotBeHad() {
      assertEquals(StatusCode.ETCPNOPORT, controller.status(Nopen.tcpConnect(1, 100, LOCAL4, far.port(), LOCAL4, far.port())));
      assertEquals(StatusCode.ESKTNOADDR, controller.status(Nopen.tcpConnect(1, 100, new byte[] {(byte) 192, 0, 2, 1}, 0, LOCAL4, far.port())));
      assertEquals(SocketState.FREE, state(1));
    }

    @Test
    void shouldNeitherHangNorEndTheSessionWhenConnectingToPortZero() {
      int status = controller.status(Nopen.tcpConnect(1, 100, ANY4, 0, LOCAL4, 0));
      assertTrue(status == StatusCode.SUCCESS || status == StatusCode.EUNKFAULT, "status " + status);
      if (status == StatusCode.SUCCESS) {
        awaitState(1, SocketState.REFUSED);
      }
    }
  }

  @Nested
  class Fin {
    @Test
    void shouldSendWhatIsStrictlyBeforeTheFinAndDiscardTheRest() throws Exception {
      try (Socket peer = open(1, 100)) {
        long at = rig.clock() + 150_000_000L;
        controller.send(send(1, 0, 1, text("a")), send(1, at - 1, 2, text("b")), send(1, at, 3, text("c")), send(1, 0, 4, text("d")), fin(1, at));
        for (int i = 0; i < 5; i++) {
          assertEquals(0, ((org.pktlab.protocol.Result) controller.response()).status());
        }
        tagIs(1, StatusCode.SUCCESS);
        tagIs(2, StatusCode.SUCCESS);
        tagIs(3, StatusCode.EPKTNOTSENT);
        tagIs(4, StatusCode.EPKTNOTSENT);
        assertArrayEquals(text("ab"), peer.getInputStream().readAllBytes());
        assertEquals(SocketState.WFIN, state(1));
        assertEquals(SendError.DISCARDED, number(1, MemoryMap.OFFSET_SEND_ERROR, 1));
        assertEquals(StatusCode.ESKTNOTOPEN, controller.status(send(1, 0, 0, text("no"))));
      }
    }

    @Test
    void shouldDiscardEvenWhatIsDueWhenTheFinIsForNow() throws Exception {
      controller.send(Nopen.tcpConnect(1, 100, ANY4, 0, LOCAL4, far.port()), send(1, 0, 1, text("lost")), fin(1, 0));
      for (int i = 0; i < 3; i++) {
        controller.nextIsResult(StatusCode.SUCCESS);
      }
      assertEquals(StatCode.ESTABLISHED, controller.next(Nstat.class).code());
      tagIs(1, StatusCode.EPKTNOTSENT);
      try (Socket peer = far.accept()) {
        assertEquals(-1, peer.getInputStream().read());
      }
    }

    @Test
    void shouldSendWhatIsDueBeforeAFinOfTimeOne() throws Exception {
      controller.send(Nopen.tcpConnect(1, 100, ANY4, 0, LOCAL4, far.port()), send(1, 0, 1, text("kept")), fin(1, 1));
      for (int i = 0; i < 3; i++) {
        controller.nextIsResult(StatusCode.SUCCESS);
      }
      assertEquals(StatCode.ESTABLISHED, controller.next(Nstat.class).code());
      tagIs(1, StatusCode.SUCCESS);
      try (Socket peer = far.accept()) {
        assertArrayEquals(text("kept"), peer.getInputStream().readAllBytes());
      }
    }

    @Test
    void shouldHeedOnlyTheFirstFin() throws Exception {
      try (Socket peer = open(1, 100)) {
        long at = rig.clock() + 200_000_000L;
        controller.succeed(fin(1, at));
        controller.succeed(fin(1, 0));
        controller.succeed(send(1, 0, 1, text("x")));
        tagIs(1, StatusCode.SUCCESS);
        assertArrayEquals(text("x"), peer.getInputStream().readAllBytes());
        assertTrue(Long.compareUnsigned(controller.readNumber(MemoryMap.CLOCK, 8), at) >= 0);
        assertEquals(SocketState.WFIN, state(1));
      }
    }

    @Test
    void shouldReceiveAfterItsOwnFin() throws Exception {
      try (Socket peer = open(1, 100)) {
        controller.succeed(fin(1, 1));
        assertEquals(-1, peer.getInputStream().read());
        peer.getOutputStream().write(text("late"));
        assertArrayEquals(text("late"), controller.next(Ndata.class).data());
      }
      assertEquals(StatCode.PEER_CLOSED, controller.next(Nstat.class).code());
      assertEquals(SocketState.END, state(1));
    }
  }

  @Nested
  class BackPressure {
    private static final int TOTAL = 6_000_000;

    private CompletableFuture<Long> pour(Socket peer, int total) {
      CompletableFuture<Long> poured = new CompletableFuture<>();
      Thread writer =
          new Thread(
              () -> {
                try (OutputStream out = peer.getOutputStream()) {
                  for (long at = 0; at < total; at += 10_000) {
                    out.write(Peers.stream(at, 10_000));
                  }
                  poured.complete((long) total);
                } catch (Exception e) {
                  poured.completeExceptionally(e);
                }
              });
      writer.setDaemon(true);
      writer.start();
      return poured;
    }

    private void takeAll(int sktid, int total) {
      long at = 0;
      while (at < total) {
        Ndata data = controller.next(Ndata.class);
        assertEquals(sktid, data.sktid());
        for (byte octet : data.data()) {
          if (octet != Peers.octetAt(at++)) {
            throw new AssertionError("the octet before offset " + at + " is another");
          }
        }
      }
    }

    @Test
    void shouldStopTheSenderWhileTheAllowanceIsUsedUpAndLoseNothing() throws Exception {
      Socket peer = open(1, 0);
      CompletableFuture<Long> poured = pour(peer, TOTAL);
      controller.read(MemoryMap.CLOCK, 8);
      controller.nothingMore();
      controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK), new byte[] {0, 8});
      controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_RBUFSZ), new byte[] {0, 0, 3, (byte) 0xE8});
      Await.until("exactly the allowance is taken", () -> number(1, MemoryMap.OFFSET_RBUFUSED, 4) == 1000);
      assertEquals(0, number(1, MemoryMap.OFFSET_DROPPED_UNITS, 4));
      assertTrue(!poured.isDone());
      controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_RBUFSZ), new byte[] {0, 4, 0, 0});
      controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK), new byte[2]);
      takeAll(1, TOTAL);
      assertEquals(TOTAL, poured.get(Await.SECONDS, TimeUnit.SECONDS));
      assertEquals(StatCode.PEER_CLOSED, controller.next(Nstat.class).code());
      assertEquals(0, number(1, MemoryMap.OFFSET_RBUFUSED, 4));
      assertEquals(0, number(1, MemoryMap.OFFSET_DROPPED_UNITS, 4));
    }

    @Test
    void shouldStopTheSenderWhenTheControllerDoesNotReadAndLoseNothing() throws Exception {
      Socket peer = open(1, 0xFFFFFFFFL);
      controller.stopReading();
      CompletableFuture<Long> poured = pour(peer, 20_000_000);
      Await.until("the buffer is full", () -> rig.buffer.free() < 65_536);
      assertTrue(rig.buffer.used() <= 1_000_000 + 65_536 + 124, "used " + rig.buffer.used());
      assertTrue(!poured.isDone());
      controller.readOn();
      takeAll(1, 20_000_000);
      assertEquals(20_000_000, poured.get(Await.SECONDS, TimeUnit.SECONDS));
      assertEquals(StatCode.PEER_CLOSED, controller.next(Nstat.class).code());
      Await.until("the buffer is empty", () -> rig.buffer.used() == 0);
    }

    @Test
    void shouldReceiveAgainWhenQueuedSendsGiveTheBufferBack() throws Exception {
      Socket peer = open(1, 0xFFFFFFFFL);
      try (Peers.Udp sink = new Peers.Udp(Rig.ip("127.0.0.1"))) {
        controller.succeed(Nopen.udp(2, 0, LOCAL4, 0));
        long due = rig.clock() + 1_000_000_000L;
        List<Nsend> sends = new ArrayList<>();
        for (int left = 1_000_000; left > 0; left -= 139 + sends.get(sends.size() - 1).data().length) {
          sends.add(new Nsend(2, 4, 17, due, 0, sink.address(), sink.port(), new byte[Math.min(left - 139, 60_000)]));
        }
        controller.send(sends);
        for (Nsend each : sends) {
          controller.nextIsResult(StatusCode.SUCCESS);
        }
        assertEquals(0, rig.buffer.free());
        CompletableFuture<Long> poured = pour(peer, TOTAL);
        takeAll(1, TOTAL);
        assertEquals(TOTAL, poured.get(Await.SECONDS, TimeUnit.SECONDS));
      }
    }

    @Test
    void shouldKeepManyStreamsWithinTheBufferAndLoseNothing() throws Exception {
      int streams = 20;
      int each = 400_000;
      long[] at = new long[streams];
      Socket[] peers = new Socket[streams];
      for (int i = 0; i < streams; i++) {
        peers[i] = open(i, 0xFFFFFFFFL);
      }
      controller.stopReading();
      for (Socket peer : peers) {
        pour(peer, each);
      }
      Await.until("the buffer is full", () -> rig.buffer.free() < 65_536);
      assertTrue(rig.buffer.used() <= 1_000_000 + 65_536 + 124, "used " + rig.buffer.used());
      controller.readOn();
      int ended = 0;
      while (ended < streams) {
        Message message = controller.next();
        if (message instanceof Ndata data) {
          for (byte octet : data.data()) {
            assertEquals(Peers.octetAt(at[data.sktid()]++), octet);
          }
        } else {
          assertEquals(each, at[((Nstat) message).sktid()]);
          ended++;
        }
      }
      Await.until("the buffer is empty", () -> rig.buffer.used() == 0);
    }

    @Test
    void shouldSendALongStreamToASlowPeerAndTagItsLastOctet() throws Exception {
      int length = 8_000_000; // more than the kernel takes at once
      try (Rig large = Rig.usual()) {
        controller = large.session();
        try (Socket peer = open(1, 0)) {
          byte[] data = Peers.stream(0, length);
          controller.succeed(send(1, 0, 1, data));
          controller.succeed(send(1, 0, 2, new byte[0]));
          assertEquals(StatusCode.ESYSNOBUFS, controller.status(send(1, 0, 3, new byte[500_000])));
          assertEquals(length + 2 * 133, controller.readNumber(MemoryMap.BUFFER_USED, 4));
          controller.nothingMore();
          assertArrayEquals(data, peer.getInputStream().readNBytes(length));
          tagIs(1, StatusCode.SUCCESS);
          tagIs(2, StatusCode.SUCCESS);
          assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
        }
      }
    }
  }

  @Nested
  class Closing {
    @Test
    void shouldReportPendingTaggedSendsBeforeTheResultAndNothingAfterIt() throws Exception {
      try (Socket peer = open(1, 100)) {
        for (int tag = 1; tag <= 3; tag++) {
          controller.succeed(send(1, rig.clock() + HOUR_NS, tag, text("later")));
        }
        controller.succeed(send(1, rig.clock() + HOUR_NS, 0, text("untagged")));
        controller.send(new Nclose(1));
        for (int tag = 1; tag <= 3; tag++) {
          tagIs(tag, StatusCode.EPKTNOTSENT);
        }
        controller.nextIsResult(StatusCode.SUCCESS);
        assertEquals(-1, peer.getInputStream().read());
        assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
        controller.nothingMore();
      }
    }

    @Test
    void shouldKeepTheBlockOfAFailedSocketReadableAndWritable() throws Exception {
      reset(open(1, 100));
      assertEquals(StatCode.RESET, controller.next(Nstat.class).code());
      controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_RBUFSZ), new byte[] {0, 0, 1, 0});
      assertEquals(256, number(1, MemoryMap.OFFSET_RBUFSZ, 4));
      controller.write(MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK), new byte[] {0, 2});
      assertEquals(2, number(1, MemoryMap.OFFSET_NOTIFICATION_MASK, 2));
      assertEquals(far.port(), number(1, MemoryMap.OFFSET_RPORT, 2));
      assertEquals(0x7F000001L, number(1, MemoryMap.OFFSET_LADDR, 4));
    }

    @Test
    void shouldAccountForDataThatIsStillOnItsWayWhenTheSocketIsClosedAndOpenedAgain() throws Exception {
      for (int round = 0; round < 30; round++) {
        try (Socket peer = open(1, 300_000)) {
          peer.getOutputStream().write(Peers.stream(0, 100_000));
          controller.send(new Nclose(1));
          Message message = controller.next();
          while (message instanceof Ndata) {
            message = controller.next();
          }
          assertEquals(StatusCode.SUCCESS, ((org.pktlab.protocol.Result) message).status());
        }
      }
      Await.until("the buffer is empty", () -> rig.buffer.used() == 0);
    }
  }
}
