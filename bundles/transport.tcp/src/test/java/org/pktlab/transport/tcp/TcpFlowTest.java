package org.pktlab.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.TransportSocket;

/** The receive allowance and the flow of large amounts, against real sockets on loopback. */
class TcpFlowTest {
  private final TcpTransport transport = new TcpTransport();
  private final Recorder events = new Recorder();

  static Stream<Arguments> loops() {
    return Loops.everyKindAndFamily();
  }

  private TransportSocket connect(Loops loops, ServerSocketChannel server) throws Exception {
    InetSocketAddress remote = (InetSocketAddress) server.getLocalAddress();
    InetSocketAddress local = new InetSocketAddress(remote.getAddress(), 0);
    TransportSocket socket = loops.on(() -> transport.open(new SocketRequest(local, remote, Recorder::nowNs), events, loops.loop()));
    events.next("connected");
    return socket;
  }

  private static ServerSocketChannel server(InetAddress host) throws Exception {
    return ServerSocketChannel.open().bind(new InetSocketAddress(host, 0));
  }

  private static byte[] noise(int octets) {
    byte[] noise = new byte[octets];
    new Random(octets).nextBytes(noise);
    return noise;
  }

  /** Writes until the connection is full, which is when a while of trying brings nothing more, or everything is written. */
  private static void fill(SocketChannel peer, ByteBuffer data) throws Exception {
    peer.configureBlocking(false);
    long full = System.nanoTime() + 50_000_000;
    while (data.hasRemaining() && System.nanoTime() - full < 0) {
      if (peer.write(data) > 0) {
        full = System.nanoTime() + 50_000_000;
      }
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldNotReadWithoutAllowanceSoThatTheWindowCloses(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocketChannel server = server(host)) {
      TransportSocket socket = connect(loops, server);
      try (SocketChannel peer = server.accept()) {
        byte[] sent = noise(64 << 20);
        ByteBuffer rest = ByteBuffer.wrap(sent);
        fill(peer, rest);
        assertTrue(rest.hasRemaining(), "the window never closed");
        assertTrue(events.isSilent());

        loops.run(() -> socket.receiveAllowance(1000));
        peer.configureBlocking(true);
        Thread writer = new Thread(() -> writeAll(peer, rest));
        writer.start();
        int got = 0;
        while (got < sent.length) {
          Recorder.Event event = events.next("data");
          assertTrue(event.data().length <= 65_536);
          assertEquals(
              ByteBuffer.wrap(sent, got, event.data().length), ByteBuffer.wrap(event.data()), "octets differ behind " + got);
          got += event.data().length;
          if (got < 1_000_000 && got + event.data().length >= 1_000_000) {
            loops.run(() -> socket.receiveAllowance(0));
            loops.run(() -> socket.receiveAllowance(Integer.MAX_VALUE));
          }
          if (got >= 100_000) {
            loops.run(() -> socket.receiveAllowance(Integer.MAX_VALUE));
          }
        }
        writer.join();
        loops.run(socket::close);
      }
    }
  }

  private static void writeAll(SocketChannel peer, ByteBuffer data) {
    try {
      while (data.hasRemaining()) {
        peer.write(data);
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldNeverReadMoreThanTheAllowanceSetInTheLastDelivery(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocketChannel server = server(host)) {
      TransportSocket socket = connect(loops, server);
      Random random = new Random(7);
      AtomicInteger bound = new AtomicInteger(1);
      AtomicInteger over = new AtomicInteger();
      events.whenData(
          data -> {
            if (data.remaining() > bound.get()) {
              over.incrementAndGet();
            }
            bound.set(random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(3000));
            socket.receiveAllowance(bound.get());
            if (bound.get() == 0) {
              loops
                  .loop()
                  .execute(
                      () -> {
                        bound.set(1 + random.nextInt(100));
                        socket.receiveAllowance(bound.get());
                      });
            }
          });
      try (SocketChannel peer = server.accept()) {
        byte[] sent = noise(300_000);
        Thread writer = new Thread(() -> writeAll(peer, ByteBuffer.wrap(sent)));
        writer.start();
        loops.run(() -> socket.receiveAllowance(1));
        assertArrayEquals(sent, events.nextData(sent.length));
        assertEquals(0, over.get());
        writer.join();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldReadExactlyAsMuchAsAllowedOfWhatIsThere(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocketChannel server = server(host)) {
      TransportSocket socket = connect(loops, server);
      events.whenData(data -> socket.receiveAllowance(0));
      try (SocketChannel peer = server.accept()) {
        byte[] sent = noise(200_000);
        fill(peer, ByteBuffer.wrap(sent));
        for (int allowed : new int[] {1, 2, 999, 65_536, 100_000}) {
          loops.run(() -> socket.receiveAllowance(allowed));
          assertEquals(Math.min(allowed, 65_536), events.next("data").data().length);
          loops.run(() -> {});
          assertTrue(events.isSilent());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldTellTheEndOfTheStreamBehindTheDataThatWaited(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocketChannel server = server(host)) {
      TransportSocket socket = connect(loops, server);
      byte[] sent = noise(10_000);
      try (SocketChannel peer = server.accept()) {
        writeAll(peer, ByteBuffer.wrap(sent));
      }
      loops.run(() -> {});
      assertTrue(events.isSilent());
      loops.run(() -> socket.receiveAllowance(4096));
      assertArrayEquals(sent, events.nextData(sent.length));
      events.next("end");
      assertTrue(events.isSilent());
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldTellWhenALargeFlushIsComplete(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocketChannel server = server(host)) {
      TransportSocket socket = connect(loops, server);
      byte[] sent = noise(16 << 20);
      try (SocketChannel peer = server.accept()) {
        assertFalse(
            loops.on(
                () -> {
                  socket.offer(ByteBuffer.wrap(sent, 0, 1000), null);
                  socket.offer(ByteBuffer.wrap(sent, 1000, sent.length - 1000), null);
                  return socket.flush();
                }));
        assertTrue(events.isSilent());
        ByteArrayOutputStream got = new ByteArrayOutputStream(sent.length);
        ByteBuffer piece = ByteBuffer.allocate(1 << 20);
        while (got.size() < sent.length && peer.read(piece) > 0) {
          got.write(piece.array(), 0, piece.position());
          piece.clear();
        }
        assertArrayEquals(sent, got.toByteArray());
        events.next("flushed");
        assertTrue(
            loops.on(
                () -> {
                  socket.offer(ByteBuffer.wrap(sent, 0, 5), null);
                  return socket.flush();
                }));
        assertTrue(events.isSilent());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shouldSendWhatWasOfferedWhileConnecting(Loops.Kind kind, InetAddress host) throws Exception {
    try (Loops loops = new Loops(kind);
        ServerSocketChannel server = server(host)) {
      InetSocketAddress remote = (InetSocketAddress) server.getLocalAddress();
      byte[] sent = noise(5000);
      loops.on(
          () -> {
            SocketRequest request = new SocketRequest(new InetSocketAddress(host, 0), remote, Recorder::nowNs);
            TransportSocket socket = transport.open(request, events, loops.loop());
            socket.offer(ByteBuffer.wrap(sent), null);
            assertFalse(socket.flush());
            return socket;
          });
      events.next("connected");
      events.next("flushed");
      try (SocketChannel peer = server.accept()) {
        ByteBuffer got = ByteBuffer.allocate(sent.length);
        while (got.hasRemaining() && peer.read(got) > 0) {
          Thread.onSpinWait();
        }
        assertArrayEquals(sent, got.array());
      }
    }
  }
}
