package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.protocol.Mdata;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Nstat;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.Request;
import org.pktlab.protocol.Response;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;
import org.pktlab.role.SessionStatus;

/** What a controller can do to the endpoint at most. */
class BoundsTest {
  private static final byte[] LOCAL4 = {127, 0, 0, 1};

  static Stream<Arguments> floods() {
    IntFunction<Request> reads = i -> new Mread(0x20000000L, 0xFFFF);
    IntFunction<Request> opens = i -> Nopen.udp(i & 0xFF, 100, LOCAL4, 0);
    IntFunction<Request> opensAndCloses = i -> (i & 1) == 0 ? Nopen.udp(1, 100, LOCAL4, 0) : new Nclose(1);
    IntFunction<Request> sends = i -> new Nsend(0, 4, 17, 0, i % 65_535 + 1, LOCAL4, 9, new byte[20]);
    int many = Await.longRun() ? 300_000 : 10_000;
    return Stream.of(
        Arguments.of("mread", reads, Await.longRun() ? 20_000 : 1_000),
        Arguments.of("nopen", opens, many),
        Arguments.of("nopen and nclose", opensAndCloses, Await.longRun() ? 100_000 : 3_000),
        Arguments.of("nsend", sends, many));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("floods")
  void shouldStopReadingRequestsWhileItsAnswersAreNotTakenAndAnswerEachAfterwards(String name, IntFunction<Request> flood, int count) {
    try (Rig rig = Rig.usual()) {
      ControllerEnd controller = rig.session();
      controller.succeed(Nopen.udp(0, 0, LOCAL4, 0));
      controller.stopReading();
      List<Request> requests = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        requests.add(flood.apply(i));
      }
      controller.send(requests);
      if (name.equals("mread")) {
        // What is asked for is far more than what may wait: only some of the requests can have been looked at.
        long[] looked = {0, System.nanoTime()};
        Await.until(
            "no further request is looked at",
            () -> {
              long now = requests(rig);
              if (now != looked[0]) {
                looked[0] = now;
                looked[1] = System.nanoTime();
              }
              return System.nanoTime() - looked[1] > 300_000_000L;
            });
        assertTrue(looked[0] < 400, looked[0] + " requests of 64 KiB each were looked at");
      }
      controller.readOn();
      int answered = 0;
      int tags = 0;
      while (answered < count) {
        Message message = controller.next();
        if (message instanceof Response) {
          answered++;
        } else {
          assertTrue(message instanceof Ntag);
          tags++;
        }
      }
      if (name.equals("nsend")) {
        while (tags < count) {
          controller.next(Ntag.class);
          tags++;
        }
      }
      assertEquals(8, controller.read(MemoryMap.CLOCK, 8).length);
    }
  }

  private static long requests(Rig rig) {
    return total(rig, " requests=");
  }

  /** What the session says of itself by that name. */
  private static long total(Rig rig, String name) {
    for (SessionStatus status : rig.pool.status()) {
      int at = status.detail().indexOf(name);
      if (at >= 0) {
        return Long.parseLong(status.detail().substring(at + name.length()).split(" ")[0]);
      }
    }
    return 0;
  }

  @Test
  void shouldEndTheSessionOfAControllerThatFloodsAndThenVanishes() {
    try (Rig rig = Rig.usual()) {
      ControllerEnd controller = rig.session();
      controller.stopReading();
      List<Request> requests = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        requests.add(new Mread(0x20000000L, 0xFFFF));
      }
      controller.send(requests);
      Await.until("the endpoint has begun to answer", () -> requests(rig) > 20);
      controller.link.abort();
      rig.awaitEnded(1);
      rig.session().read(MemoryMap.CLOCK, 8);
    }
  }

  @Test
  void shouldHoldBackNoMoreThan65536NotificationsOfASocket() throws IOException {
    int most = MaskedNotifications.MOST;
    try (Rig rig = Rig.usual();
        Peers.Tcp far = new Peers.Tcp(Rig.ip("127.0.0.1"))) {
      ControllerEnd controller = rig.session();
      controller.succeed(Nopen.tcpConnect(1, 0, new byte[4], 0, LOCAL4, far.port()));
      controller.next(Nstat.class);
      long mask = MemoryMap.socketField(1, MemoryMap.OFFSET_NOTIFICATION_MASK) & 0xFFFFFFFFL;
      controller.succeed(new Mwrite(mask, new byte[] {0, 2}));
      List<Message> sends = new ArrayList<>(most);
      for (int i = 0; i < most; i++) {
        sends.add(new Nsend(1, 4, 6, 0, i % 65_535 + 1, null, 0, new byte[0])); // nothing but its tag
      }
      controller.send(sends);
      for (int i = 0; i < most; i++) {
        controller.nextIsResult(StatusCode.SUCCESS);
      }
      Nsend one = new Nsend(1, 4, 6, 0, 0, null, 0, new byte[1]);
      assertEquals(StatusCode.ESYSNOBUFS, controller.status(one));
      controller.nothingMore();
      controller.send(new Mwrite(mask, new byte[2]));
      for (int i = 0; i < most; i++) {
        assertEquals(i % 65_535 + 1, controller.next(Ntag.class).tag());
      }
      controller.nextIsResult(StatusCode.SUCCESS);
      controller.succeed(one);
      try (Socket peer = far.accept()) {
        assertEquals(0, peer.getInputStream().read());
      }
    }
  }

  @Test
  void shouldAnswerAFrameOfTheLargestSize() {
    try (Rig rig = Rig.with().buffer(40_000_000).start()) {
      ControllerEnd controller = rig.session();
      controller.send(new Mwrite(0x40000000L, new byte[0xFFFFFF - 4]), new Mread(MemoryMap.CLOCK, 8));
      controller.nextIsResult(StatusCode.SUCCESS);
      controller.next(Mdata.class);
    }
  }

  @Test
  void shouldServeAll256SocketsAtOnce() {
    try (Rig rig = Rig.usual();
        Peers.Udp sink = new Peers.Udp(Rig.ip("127.0.0.1"))) {
      ControllerEnd controller = rig.session();
      List<Message> requests = new ArrayList<>();
      for (int sktid = 0; sktid < 256; sktid++) {
        requests.add(Nopen.udp(sktid, 10, LOCAL4, 0));
        requests.add(new Nsend(sktid, 4, 17, 0, sktid + 1, sink.address(), sink.port(), new byte[] {(byte) sktid}));
      }
      controller.send(requests);
      int answered = 0;
      int tags = 0;
      while (answered < 512 || tags < 256) {
        Message message = controller.next();
        if (message instanceof Ntag tag) {
          assertEquals(tag.sktid() + 1, tag.tag());
          tags++;
        } else {
          assertEquals(StatusCode.SUCCESS, ((org.pktlab.protocol.Result) message).status());
          answered++;
        }
      }
      for (int i = 0; i < 256; i++) {
        assertEquals(1, sink.receive().length);
      }
    }
  }

  @Test
  void shouldAnswerAheadOfReceivedDataThatWaitAndCloseBehindThem() {
    int count = 12_000;
    try (Rig rig = Rig.with().buffer(64 << 20).start();
        Peers.Udp far = new Peers.Udp(Rig.ip("127.0.0.1"))) {
      ControllerEnd controller = rig.session();
      controller.succeed(Nopen.udp(1, 32 << 20, LOCAL4, 0));
      int port = (int) controller.readNumber(MemoryMap.socketField(1, MemoryMap.OFFSET_LPORT), 2);
      controller.stopReading();
      for (int i = 0; i < count; i++) {
        far.send(ByteBuffer.allocate(1_000).putInt(0, i).array(), port);
        long sent = i + 1;
        if (sent % 100 == 0) {
          Await.until("the endpoint received them", () -> total(rig, " received=") == sent);
        }
      }
      controller.send(new Mread(MemoryMap.socketField(1, MemoryMap.OFFSET_RBUFUSED), 4), new Nclose(1));
      controller.readOn();
      long before = 0;
      long all = 0;
      boolean answered = false;
      while (true) {
        Message message = controller.next();
        if (message instanceof Ndata data) {
          assertEquals(all++, ByteBuffer.wrap(data.data()).getInt(), "in order");
          before += answered ? 0 : 1;
        } else if (message instanceof Mdata) {
          answered = true;
        } else {
          assertEquals(StatusCode.SUCCESS, assertInstanceOf(Result.class, message).status());
          break;
        }
      }
      assertEquals(count, all, "all of them come before the socket is closed");
      // What TCP took is out of reach; of 12 MB it does not take the half.
      assertTrue(answered && before < count / 2, "the answer came behind " + before + " datagrams");
      assertEquals(0, controller.readNumber(MemoryMap.BUFFER_USED, 4));
    }
  }
}
