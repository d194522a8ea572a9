package org.pktlab.transport.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.TransportSocket;

/** UDP sockets against real sockets on loopback. */
class UdpTransportTest {
  private final UdpTransport transport = new UdpTransport(4 << 20);
  private final Recorder events = new Recorder();

  static Stream<Arguments> loops() {
    return Loops.everyKindAndFamily();
  }

  private TransportSocket open(Loops loops, InetSocketAddress local, InetSocketAddress remote) throws Exception {
    return loops.on(
        () -> {
          TransportSocket socket = transport.open(new SocketRequest(local, remote, Recorder::nowNs), events, loops.loop());
          assertTrue(events.isSilent(), "an event came before open() returned");
          return socket;
        });
  }

  private TransportSocket open(Loops loops, InetAddress host) throws Exception {
    return open(loops, new InetSocketAddress(host, 0), null);
  }

  private static DatagramSocket peer(InetAddress host) throws IOException {
    DatagramSocket peer = new DatagramSocket(0, host);
    peer.setSoTimeout((int) Loops.SECONDS * 1000);
    peer.setReceiveBufferSize(4 << 20);
    return peer;
  }

  private static InetSocketAddress address(DatagramSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static boolean send(Loops loops, TransportSocket socket, byte[] data, InetSocketAddress to) throws Exception {
    return loops.on(
        () -> {
          socket.offer(ByteBuffer.wrap(data), to);
          return socket.flush();
        });
  }

  private static byte[] receive(DatagramSocket peer) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    peer.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static byte[] noise(int octets) {
    byte[] noise = new byte[octets];
    new Random(octets).nextBytes(noise);
    return noise;
  }

  /** The longest payload: what an IPv4 packet of 65,535 octets, or an IPv6 payload of so many, has room for. */
  private static int longest(InetAddress host) {
    return host instanceof Inet4Address ? 65_507 : 65_527;
  }

  /** An NIO loop frees a port in its next turn. */
  private static void awaitFree(InetSocketAddress local) throws IOException {
    long deadline = System.nanoTime() + Loops.SECONDS * 1_000_000_000;
    while (true) {
      try {
        new DatagramSocket(local).close();
        return;
      } catch (BindException e) {
        assertTrue(System.nanoTime() - deadline < 0, "the port stayed taken");
      }
    }
  }

  private static void assertRefused(Reason reason, Executable opening) {
    assertEquals(reason, assertThrows(OpenFailedException.class, opening).reason());
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldExchangeDatagramsWithTimesOfTheGivenClock(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host)) {
      long before = Recorder.nowNs();
      TransportSocket socket = open(loops, host);
      InetSocketAddress local = loops.on(socket::localAddress);
      assertNull(loops.on(socket::remoteAddress));
      for (int size : new int[] {0, 1, 64, 1472, 9000, longest(host)}) {
        byte[] data = noise(size);
        assertTrue(send(loops, socket, data, address(peer)));
        assertArrayEquals(data, receive(peer));
        peer.send(new DatagramPacket(data, size, local));
        Recorder.Event event = events.next("datagram");
        assertArrayEquals(data, event.data());
        assertEquals(address(peer), event.from());
        assertTrue(event.timeNs() >= before && event.timeNs() <= Recorder.nowNs());
        assertEquals("complete", events.nextOfAll().kind());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldSendAllThatWasOfferedInOrderToWhereEachBelongs(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket one = peer(host);
        DatagramSocket two = peer(host)) {
      TransportSocket socket = open(loops, host);
      for (int round = 0; round < 3; round++) {
        loops.run(
            () -> {
              for (int i = 0; i < 300; i++) {
                socket.offer(ByteBuffer.wrap(noise(i)), address(i % 2 == 0 ? one : two));
              }
              assertTrue(socket.flush());
              assertTrue(socket.flush());
            });
        for (int i = 0; i < 300; i++) {
          assertArrayEquals(noise(i), receive(i % 2 == 0 ? one : two));
        }
      }
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldReceiveABurstCompletely(Loops.Kind kind, InetAddress host) throws Exception {
    int count = 2_000;
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host)) {
      TransportSocket socket = open(loops, host);
      InetSocketAddress local = loops.on(socket::localAddress);
      ByteBuffer number = ByteBuffer.allocate(64);
      for (int i = 0; i < count; i++) {
        peer.send(new DatagramPacket(number.putInt(0, i).array(), 64, local));
      }
      for (int i = 0; i < count; i++) {
        assertEquals(i, ByteBuffer.wrap(events.next("datagram").data()).getInt());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldSendEqualDatagramsOfOneFlushAsSeparateDatagramsInOrder(Loops.Kind kind, InetAddress host) throws Exception {
    int count = 150;
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host)) {
      TransportSocket socket = open(loops, host);
      InetSocketAddress to = new InetSocketAddress(host, peer.getLocalPort());
      loops.run(
          () -> {
            for (int i = 0; i < count; i++) {
              socket.offer(ByteBuffer.allocate(i == 70 ? 8 : 64).putInt(0, i), to);
            }
            socket.flush();
          });
      DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
      for (int i = 0; i < count; i++) {
        peer.receive(packet);
        assertEquals(i, ByteBuffer.wrap(packet.getData()).getInt());
        assertEquals(i == 70 ? 8 : 64, packet.getLength());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldServeItsLoopInTheMidstOfABurst(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host)) {
      TransportSocket socket = open(loops, host);
      InetSocketAddress local = loops.on(socket::localAddress);
      int[] received = new int[1];
      int[] seenByTask = {-1};
      events.whenData(
          data -> {
            if (received[0]++ == 0) {
              loops.loop().execute(() -> seenByTask[0] = received[0]);
            }
          });
      loops.run(
          () -> {
            for (int i = 0; i < 500; i++) { // all there before the loop looks at the socket
              try {
                peer.send(new DatagramPacket(new byte[4], 4, local));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            }
          });
      for (int i = 0; i < 500; i++) {
        events.next("datagram");
      }
      assertEquals(32, (int) loops.on(() -> seenByTask[0]));
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldFailWhenADatagramIsTooLong(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host)) {
      for (int size : new int[] {longest(host) + 1, 65_535, 65_536, 1 << 20}) {
        TransportSocket socket = open(loops, host);
        loops.run(
            () -> {
              socket.offer(ByteBuffer.wrap(new byte[] {1}), address(peer));
              socket.offer(ByteBuffer.wrap(new byte[size]), address(peer));
              socket.offer(ByteBuffer.wrap(new byte[] {2}), address(peer));
              assertFalse(socket.flush());
              assertTrue(events.isSilent(), "the failure was told within the call");
            });
        events.nextFailed(SocketFailure.TOO_LONG, true);
        assertArrayEquals(new byte[] {1}, receive(peer));
        assertFalse(send(loops, socket, new byte[] {3}, address(peer)));
        loops.run(socket::close);
        assertTrue(events.isSilent());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldSurviveThatNobodyReceives(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host)) {
      InetSocketAddress gone;
      try (DatagramSocket other = peer(host)) {
        gone = address(other);
      }
      TransportSocket socket = open(loops, host);
      for (int i = 0; i < 5; i++) {
        assertTrue(send(loops, socket, new byte[] {1}, gone));
      }
      assertTrue(send(loops, socket, new byte[] {2}, address(peer)));
      assertArrayEquals(new byte[] {2}, receive(peer));
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldExchangeDatagramsWithAFixedPeer(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host);
        DatagramSocket stranger = peer(host)) {
      TransportSocket socket = open(loops, new InetSocketAddress(host, 0), address(peer));
      InetSocketAddress local = loops.on(socket::localAddress);
      assertEquals(address(peer), loops.on(socket::remoteAddress));
      assertTrue(send(loops, socket, new byte[] {1, 2}, null));
      assertArrayEquals(new byte[] {1, 2}, receive(peer));
      assertTrue(send(loops, socket, new byte[0], null));
      assertArrayEquals(new byte[0], receive(peer));
      stranger.send(new DatagramPacket(new byte[] {9}, 1, local));
      peer.send(new DatagramPacket(new byte[] {3}, 1, local));
      assertArrayEquals(new byte[] {3}, events.next("datagram").data());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldIgnoreOnReceivingThatAFixedPeerIsGone(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind)) {
      DatagramSocket peer = peer(host);
      InetSocketAddress remote = address(peer);
      TransportSocket socket = open(loops, new InetSocketAddress(host, 0), remote);
      InetSocketAddress local = loops.on(socket::localAddress);
      peer.close();
      assertTrue(send(loops, socket, new byte[] {1}, null)); // answered by an ICMP message
      loops.run(() -> {});
      loops.run(() -> {});
      try (DatagramSocket again = new DatagramSocket(remote)) {
        again.send(new DatagramPacket(new byte[] {5}, 1, local));
        assertArrayEquals(new byte[] {5}, events.next("datagram").data());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldLeaveNothingBehindWhenThePortIsTaken(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host)) {
      assertRefused(Reason.PORT_IN_USE, () -> open(loops, address(peer), null));
      long before = openDescriptors();
      for (int i = 0; i < 20; i++) {
        assertRefused(Reason.PORT_IN_USE, () -> open(loops, address(peer), null));
      }
      assertTrue(openDescriptors() < before + 10, "descriptors were left open");
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldRefuseAnAddressOfAnotherHost(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind)) {
      assertRefused(Reason.NO_ADDRESS, () -> open(loops, Loops.sameFamily(host, "192.0.2.1", "2001:db8::1")));
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldRefuseLoopsItCannotServe(Loops.Kind kind, InetAddress host) throws Exception {
    ScheduledExecutorService plain = Executors.newSingleThreadScheduledExecutor();
    try {
      SocketRequest request = new SocketRequest(new InetSocketAddress(host, 0), null, Recorder::nowNs);
      assertRefused(Reason.OTHER, () -> transport.open(request, events, plain));
    } finally {
      plain.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldShareAPortWithTheOtherFamily(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(Loops.address("127.0.0.1"))) {
      TransportSocket socket = open(loops, new InetSocketAddress(Loops.address("::"), 0), null);
      int port = loops.on(socket::localAddress).getPort();
      peer.send(new DatagramPacket(new byte[] {4}, 1, new InetSocketAddress("127.0.0.1", port)));
      try (DatagramSocket six = peer(Loops.address("::1"))) {
        six.send(new DatagramPacket(new byte[] {6}, 1, new InetSocketAddress("::1", port)));
      }
      assertArrayEquals(new byte[] {6}, events.next("datagram").data());
      assertTrue(events.isSilent(), "an IPv6 socket received an IPv4 datagram");
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldEndItsSocketsWhenItGoes(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind)) {
      TransportSocket socket = open(loops, host);
      open(loops, host);
      InetSocketAddress local = loops.on(socket::localAddress);
      transport.deactivate();
      assertFalse(events.isSilent(), "the sockets were told before deactivate() returned");
      events.nextFailed(SocketFailure.WITHDRAWN, false);
      events.nextFailed(SocketFailure.WITHDRAWN, false);
      awaitFree(local);
      assertRefused(Reason.OTHER, () -> open(loops, host));
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldEndItsSocketsWhenTheLoopEnds(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind)) {
      open(loops, host);
      loops.end();
      events.nextFailed(SocketFailure.WITHDRAWN, false);
      transport.deactivate();
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldBeSilentAfterClosing(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        DatagramSocket peer = peer(host)) {
      TransportSocket socket = open(loops, host);
      InetSocketAddress local = loops.on(socket::localAddress);
      peer.send(new DatagramPacket(new byte[] {1}, 1, local));
      events.next("datagram");
      loops.run(
          () -> {
            socket.close();
            socket.close();
            socket.receiveAllowance(1);
            socket.finish();
            socket.offer(ByteBuffer.wrap(new byte[1]), address(peer));
            assertFalse(socket.flush());
          });
      peer.send(new DatagramPacket(new byte[] {2}, 1, local));
      transport.deactivate();
      loops.run(() -> {});
      assertTrue(events.isSilent());
    }
  }
}
