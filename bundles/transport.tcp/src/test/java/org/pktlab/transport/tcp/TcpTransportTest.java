package org.pktlab.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.TransportSocket;

/** Opening, connecting and the ways in which a connection ends, against real sockets on loopback. */
class TcpTransportTest {
  private final TcpTransport transport = new TcpTransport();
  private final Recorder events = new Recorder();

  static Stream<Arguments> loops() {
    return Loops.everyKindAndFamily();
  }

  private static InetSocketAddress any(InetAddress like) {
    return new InetSocketAddress(Loops.sameFamily(like, "0.0.0.0", "::"), 0);
  }

  private TransportSocket open(Loops loops, InetSocketAddress local, InetSocketAddress remote) throws Exception {
    return loops.on(
        () -> {
          TransportSocket socket = transport.open(new SocketRequest(local, remote, Recorder::nowNs), events, loops.loop());
          assertTrue(events.isSilent(), "an event came before open() returned");
          return socket;
        });
  }

  private TransportSocket connect(Loops loops, ServerSocket server) throws Exception {
    InetSocketAddress remote = (InetSocketAddress) server.getLocalSocketAddress();
    TransportSocket socket = open(loops, any(remote.getAddress()), remote);
    events.next("connected");
    return socket;
  }

  private static ServerSocket server(InetAddress host) throws IOException {
    return new ServerSocket(0, 8, host);
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void assertRefused(Reason reason, org.junit.jupiter.api.function.Executable opening) {
    assertEquals(reason, assertThrows(OpenFailedException.class, opening).reason());
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldExchangeDataWithTimesOfTheGivenClock(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      long before = Recorder.nowNs();
      InetSocketAddress remote = (InetSocketAddress) server.getLocalSocketAddress();
      TransportSocket socket = open(loops, any(host), remote);
      assertTrue(events.next("connected").timeNs() >= before);
      try (Socket peer = server.accept()) {
        assertEquals(peer.getRemoteSocketAddress(), loops.on(socket::localAddress));
        assertEquals(remote, loops.on(socket::remoteAddress));
        loops.run(() -> socket.receiveAllowance(1000));
        assertTrue(
            loops.on(
                () -> {
                  socket.offer(text("hel"), null);
                  socket.offer(text(""), null);
                  socket.offer(text("lo"), null);
                  return socket.flush();
                }));
        assertEquals("hello", new String(peer.getInputStream().readNBytes(5), StandardCharsets.US_ASCII));
        peer.getOutputStream().write("world".getBytes(StandardCharsets.US_ASCII));
        Recorder.Event data = events.next("data");
        assertEquals("world", new String(data.data(), StandardCharsets.US_ASCII));
        assertTrue(data.timeNs() >= before && data.timeNs() <= Recorder.nowNs());
        assertEquals("complete", events.nextOfAll().kind());
        loops.run(socket::close);
        assertEquals(-1, peer.getInputStream().read());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldBindToTheGivenAddressAndPort(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      int port;
      try (ServerSocket free = server(host)) {
        port = free.getLocalPort();
      }
      InetSocketAddress local = new InetSocketAddress(host, port);
      TransportSocket socket = open(loops, local, (InetSocketAddress) server.getLocalSocketAddress());
      assertEquals(local, loops.on(socket::localAddress));
      try (Socket peer = server.accept()) {
        assertEquals(local, peer.getRemoteSocketAddress());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldTellLaterWhenNobodyListens(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind)) {
      int port;
      try (ServerSocket free = server(host)) {
        port = free.getLocalPort();
      }
      TransportSocket socket = open(loops, any(host), new InetSocketAddress(host, port));
      events.nextFailed(SocketFailure.REFUSED, false);
      assertFalse(
          loops.on(
              () -> {
                socket.offer(text("late"), null);
                return socket.flush();
              }));
      loops.run(socket::close);
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldTellResetWhenReadingIsAllowed(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      TransportSocket socket = connect(loops, server);
      try (Socket peer = server.accept()) {
        peer.setSoLinger(true, 0);
      }
      loops.run(() -> {});
      assertTrue(events.isSilent());
      loops.run(() -> socket.receiveAllowance(1));
      events.nextFailed(SocketFailure.RESET, false);
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldTellResetAtOnceWhileReading(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      TransportSocket socket = connect(loops, server);
      loops.run(() -> socket.receiveAllowance(1000));
      try (Socket peer = server.accept()) {
        peer.setSoLinger(true, 0);
      }
      events.nextFailed(SocketFailure.RESET, false);
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldTellFailureOfSendingAfterTheCallWhenThePeerHasReset(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      TransportSocket socket = connect(loops, server);
      try (Socket peer = server.accept()) {
        peer.setSoLinger(true, 0);
      }
      loops.run(
          () -> {
            boolean flushed = true;
            for (int i = 0; i < 1000 && flushed; i++) { // the reset may need a moment on its way
              socket.offer(text("anyone there?"), null);
              flushed = socket.flush();
              Thread.onSpinWait();
            }
            assertFalse(flushed);
            assertTrue(events.isSilent(), "the failure was told within the call");
          });
      events.nextFailed(SocketFailure.RESET, true);
      loops.run(socket::close);
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldGoOnSendingAfterTheEndOfTheStream(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      TransportSocket socket = connect(loops, server);
      loops.run(() -> socket.receiveAllowance(65_536));
      try (Socket peer = server.accept()) {
        peer.getOutputStream().write("last words".getBytes(StandardCharsets.US_ASCII));
        peer.shutdownOutput();
        assertArrayEquals("last words".getBytes(StandardCharsets.US_ASCII), events.nextData(10));
        events.next("end");
        assertTrue(
            loops.on(
                () -> {
                  socket.offer(text("answer"), null);
                  return socket.flush();
                }));
        assertEquals("answer", new String(peer.getInputStream().readNBytes(6), StandardCharsets.US_ASCII));
        loops.run(
            () -> {
              socket.finish();
              socket.finish();
            });
        assertEquals(-1, peer.getInputStream().read());
        assertTrue(events.isSilent());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldGoOnReceivingAfterFinishing(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      TransportSocket socket = connect(loops, server);
      try (Socket peer = server.accept()) {
        loops.run(socket::finish);
        assertEquals(-1, peer.getInputStream().read());
        loops.run(() -> socket.receiveAllowance(100));
        peer.getOutputStream().write(new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, events.nextData(3));
        peer.close();
        events.next("end");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldLeaveNothingBehindWhenThePortIsTaken(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      InetSocketAddress taken = (InetSocketAddress) server.getLocalSocketAddress();
      assertRefused(Reason.PORT_IN_USE, () -> open(loops, taken, taken));
      long before = openDescriptors();
      for (int i = 0; i < 20; i++) {
        assertRefused(Reason.PORT_IN_USE, () -> open(loops, taken, taken));
      }
      assertTrue(openDescriptors() < before + 10, "descriptors were left open");
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldRefuseAnAddressOfAnotherHost(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind)) {
      InetSocketAddress foreign = new InetSocketAddress(Loops.sameFamily(host, "192.0.2.1", "2001:db8::1"), 0);
      assertRefused(Reason.NO_ADDRESS, () -> open(loops, foreign, new InetSocketAddress(host, 9)));
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldRefuseAtOnceWhenTheSystemWillNotConnect(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind)) {
      // TCP to a group address fails inside the system: no packet leaves
      InetSocketAddress everybody = new InetSocketAddress(Loops.sameFamily(host, "255.255.255.255", "ff01::1"), 9);
      assertRefused(Reason.OTHER, () -> open(loops, any(host), everybody));
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldRefuseSocketsItCannotServe(Loops.Kind kind, InetAddress host) throws Exception {
    ScheduledExecutorService plain = Executors.newSingleThreadScheduledExecutor();
    try (Loops loops = new Loops(kind)) {
      assertRefused(Reason.OTHER, () -> open(loops, any(host), null));
      SocketRequest request = new SocketRequest(any(host), new InetSocketAddress(host, 9), Recorder::nowNs);
      assertRefused(Reason.OTHER, () -> transport.open(request, events, plain));
    } finally {
      plain.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldEndItsSocketsWhenItGoes(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      connect(loops, server);
      connect(loops, server);
      try (Socket one = server.accept();
          Socket two = server.accept()) {
        transport.deactivate();
        assertFalse(events.isSilent(), "the sockets were told before deactivate() returned");
        events.nextFailed(SocketFailure.WITHDRAWN, false);
        events.nextFailed(SocketFailure.WITHDRAWN, false);
        assertEquals(-1, one.getInputStream().read());
        assertEquals(-1, two.getInputStream().read());
      }
      assertRefused(Reason.OTHER, () -> open(loops, any(host), (InetSocketAddress) server.getLocalSocketAddress()));
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldEndItsSocketsWhenItGoesOnTheLoopItself(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      connect(loops, server);
      loops.run(transport::deactivate);
      events.nextFailed(SocketFailure.WITHDRAWN, false);
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldEndItsSocketsWhenTheLoopEnds(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      connect(loops, server);
      try (Socket peer = server.accept()) {
        loops.end();
        events.nextFailed(SocketFailure.WITHDRAWN, false);
        assertEquals(-1, peer.getInputStream().read());
        transport.deactivate();
        assertTrue(events.isSilent());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldBeSilentAfterClosing(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocket server = server(host)) {
      TransportSocket socket = connect(loops, server);
      try (Socket peer = server.accept()) {
        loops.run(
            () -> {
              socket.receiveAllowance(100);
              socket.close();
              socket.close();
              socket.receiveAllowance(100);
              socket.offer(text("x"), null);
              socket.finish();
              assertFalse(socket.flush());
            });
        assertEquals(-1, peer.getInputStream().read());
      }
      transport.deactivate();
      loops.run(() -> {});
      assertTrue(events.isSilent());
      assertNull(loops.on(() -> null));
    }
  }
}
