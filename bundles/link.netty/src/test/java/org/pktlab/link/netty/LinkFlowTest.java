package org.pktlab.link.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkLimits;

/** Frames, back-pressure and the ways in which a link ends. */
class LinkFlowTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Network network = new Network();

  @AfterEach
  void close() {
    network.close();
  }

  private RawPeer rawPeer(LinkLimits limits) throws Exception {
    return new RawPeer(network.listen(limits), RawPeer.endpoint()).handshake();
  }

  private static LinkLimits bodies(int maxBody) {
    return new LinkLimits(maxBody, LONG, Duration.ZERO, 100, 100);
  }

  @Test
  void shouldCarryTheLongestFrameBothWays() throws Exception {
    RecordingHandler client = network.connect(Handshakes.endpoint(network.listen(Handshakes.LIMITS), Handshakes.LIMITS));
    RecordingHandler server = network.awaitAccepted();
    byte[] longest = Frames.random(0x41, LinkLimits.MAX_BODY, 7);
    client.send(longest);
    assertArrayEquals(longest, server.awaitFrame());
    server.send(longest, Frames.of(0x40, new byte[0]));
    assertArrayEquals(longest, client.awaitFrame());
    assertArrayEquals(new byte[] {0x40, 0, 0, 0}, client.awaitFrame());
    assertInstanceOf(EventLoop.class, client.link.loop());
    assertFalse(client.link.onLoop());
    assertEquals(client.link.localAddress(), server.link.remoteAddress());
    assertEquals(client.link.remoteAddress(), server.link.localAddress());
  }

  @Test
  void shouldEndWhenAFrameIsTooLong() throws Exception {
    try (RawPeer peer = rawPeer(bodies(1000))) {
      RecordingHandler server = network.awaitAccepted();
      peer.write(Frames.of(0x28, new byte[1000]));
      peer.write(Frames.concat(Frames.of(0x28, new byte[2]), new byte[] {0x28, 0, 3, (byte) 0xE9}));
      assertEquals(1004, server.awaitFrame().length);
      assertEquals(6, server.awaitFrame().length);
      assertEquals("close_notify", assertThrows(SSLException.class, peer::readData).getMessage());
      peer.close();
      String what = "the peer sent a frame with a body of 1001 octets, where 1000 are allowed";
      assertEquals(new LinkEnd(LinkEnd.Kind.TOO_LONG, what), server.awaitEnd());
    }
  }

  @Test
  void shouldTellAnEndInsideAFrameFromOneBetweenFrames() throws Exception {
    LinkEnd truncated = new LinkEnd(LinkEnd.Kind.TRUNCATED, "the peer ended the link inside a frame");
    assertEquals(truncated, endAfter(true, new byte[] {0x28, 0}));
    assertEquals(truncated, endAfter(false, new byte[] {0x28, 0, 0, 6, 1}));
    assertEquals(new LinkEnd(LinkEnd.Kind.PEER, "the peer closed the link"), endAfter(true, Frames.of(0x28, new byte[6])));
    assertEquals(new LinkEnd(LinkEnd.Kind.PEER, "the peer closed the connection"), endAfter(false, Frames.of(0x28, new byte[6])));
  }

  private LinkEnd endAfter(boolean orderly, byte[] octets) throws Exception {
    try (RawPeer peer = rawPeer(Handshakes.LIMITS)) {
      RecordingHandler server = network.awaitAccepted();
      peer.write(octets);
      if (orderly) {
        peer.closeNotify();
      }
      peer.socket.shutdownOutput();
      return server.awaitEnd();
    }
  }

  @Test
  void shouldEndWhenARecordIsForged() throws Exception {
    try (RawPeer peer = rawPeer(Handshakes.LIMITS)) {
      RecordingHandler server = network.awaitAccepted();
      byte[] forged = new byte[5 + 100];
      forged[0] = 23;
      forged[1] = 3;
      forged[2] = 3;
      forged[4] = 100;
      peer.socket.getOutputStream().write(forged);
      assertTrue(assertThrows(SSLException.class, peer::readData).getMessage().contains("bad_record_mac"));
      peer.close();
      LinkEnd end = server.awaitEnd();
      assertEquals(LinkEnd.Kind.FAILED, end.kind());
    }
  }

  @Test
  void shouldEndWhenARecordIsLongerThanTlsAllows() throws Exception {
    try (RawPeer peer = rawPeer(Handshakes.LIMITS)) {
      RecordingHandler server = network.awaitAccepted();
      peer.socket.getOutputStream().write(new byte[] {23, 3, 3, (byte) 0xFF, (byte) 0xFF, 0});
      peer.socket.shutdownOutput();
      assertEquals(new LinkEnd(LinkEnd.Kind.FAILED, "TLS failed: a TLS record of 65540 octets"), server.awaitEnd());
    }
  }

  @Test
  void shouldSendWhatIsQueuedAndCloseNotifyWhenClosed() throws Exception {
    try (RawPeer peer = rawPeer(Handshakes.LIMITS)) {
      RecordingHandler server = network.awaitAccepted();
      byte[] large = Frames.random(0x62, 3_000_000, 1);
      server.onLoop(
          () -> {
            server.link.write(ByteBuffer.wrap(large));
            server.link.close();
            server.link.write(ByteBuffer.wrap(large));
          });
      assertArrayEquals(large, peer.readExactly(large.length));
      assertEquals("close_notify", assertThrows(SSLException.class, peer::readData).getMessage());
      assertEquals(-1, peer.socket.getInputStream().read());
      peer.close();
      assertEquals(new LinkEnd(LinkEnd.Kind.LOCAL, "closed by us"), server.awaitEnd());
    }
  }

  @Test
  void shouldEndByForceWhenThePeerDoesNotTakeWhatIsQueued() throws Exception {
    try (RawPeer peer = rawPeer(Handshakes.LIMITS)) {
      RecordingHandler server = network.awaitAccepted();
      byte[] large = Frames.random(0x62, 12_000_000, 1);
      server.onLoop(
          () -> {
            server.link.write(ByteBuffer.wrap(large));
            server.link.write(ByteBuffer.wrap(large));
            server.link.close();
          });
      assertEquals(LinkEnd.Kind.LOCAL, server.awaitEnd().kind());
    }
  }

  @Test
  void shouldAbortFromAnyThread() throws Exception {
    try (RawPeer peer = rawPeer(Handshakes.LIMITS)) {
      RecordingHandler server = network.awaitAccepted();
      server.link.abort();
      assertEquals(new LinkEnd(LinkEnd.Kind.LOCAL, "aborted by us"), server.awaitEnd());
      assertEquals(-1, peer.socket.getInputStream().read());
    }
  }

  @Test
  void shouldEndALinkThatIsSilentTooLong() throws Exception {
    LinkLimits limits = new LinkLimits(1000, LONG, Duration.ofMillis(300), 10, 10);
    try (RawPeer peer = rawPeer(limits)) {
      RecordingHandler server = network.awaitAccepted();
      assertEquals("close_notify", assertThrows(SSLException.class, peer::readData).getMessage());
      peer.close();
      assertEquals(new LinkEnd(LinkEnd.Kind.IDLE, "nothing was received for 300 ms"), server.awaitEnd());
    }
  }

  @Test
  void shouldBoundWhatIsQueuedForASlowReaderAndTellInOrderWhatLeft() throws Exception {
    try (RawPeer peer = rawPeer(Handshakes.LIMITS)) {
      RecordingHandler server = network.awaitAccepted();
      byte[] payload = new byte[60_000];
      AtomicLong sent = new AtomicLong();
      server.onLoop(
          () -> {
            while (server.link.writable()) {
              ByteBuffer head = ByteBuffer.allocate(8).putInt(0x62 << 24 | payload.length + 4).putInt((int) sent.get()).flip();
              server.link.write(head, ByteBuffer.wrap(payload), sent.getAndIncrement());
              server.link.flush();
              assertEquals(0, head.position());
            }
            assertTrue(server.link.queuedOctets() <= Outbox.HIGH_WATER + 60_008, "queued " + server.link.queuedOctets());
          });
      assertTrue(server.writable.isEmpty());
      for (int i = 0; i < sent.get(); i++) {
        byte[] frame = peer.readExactly(60_008);
        assertEquals(i, ByteBuffer.wrap(frame).getInt(4));
      }
      for (long token = 0; token < sent.get(); token++) {
        assertEquals(token, server.written.poll(10, TimeUnit.SECONDS));
      }
      assertEquals(true, server.writable.poll(10, TimeUnit.SECONDS));
      server.onLoop(() -> assertEquals(0, server.link.queuedOctets()));
    }
  }

  @Test
  void shouldRefuseToWriteWhatAreNoWholeFrames() throws Exception {
    RecordingHandler client = network.connect(Handshakes.endpoint(network.listen(Handshakes.LIMITS), Handshakes.LIMITS));
    Link link = client.link;
    client.onLoop(
        () -> {
          byte[] odd = Frames.concat(Frames.of(0x28, new byte[6]), new byte[] {0x28, 0, 0});
          assertThrows(IllegalArgumentException.class, () -> link.write(ByteBuffer.wrap(odd)));
          ByteBuffer head = ByteBuffer.allocate(4).putInt(0, 0x62 << 24 | 5);
          assertThrows(IllegalArgumentException.class, () -> link.write(head, ByteBuffer.allocate(4), 1));
          assertEquals(0, link.queuedOctets());
        });
  }

  /** Takes frames only while it is allowed to. */
  private static final class Pausing extends RecordingHandler {
    int allowed = 1;

    Pausing(Link link) {
      super(link);
    }

    @Override
    public void onFrame(ByteBuffer buffer, int offset, int length) {
      super.onFrame(buffer, offset, length);
      if (--allowed == 0) {
        link.pauseReading();
      }
    }

    void allow(int more) throws Exception {
      onLoop(
          () -> {
            allowed = more;
            link.resumeReading();
          });
    }
  }

  @Test
  void shouldDeliverNothingWhilePausedAndPushBack() throws Exception {
    InetSocketAddress address = network.listen(key -> Handshakes.controller(), Handshakes.LIMITS, Pausing::new);
    RecordingHandler client = network.connect(Handshakes.endpoint(address, Handshakes.LIMITS));
    Pausing server = (Pausing) network.awaitAccepted();
    byte[] frame = Frames.random(0x62, 1000, 3);
    AtomicLong sent = new AtomicLong();
    // Until the queue stays full although the loops had every chance to empty it.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    int stuck = 0;
    while (stuck < 50 && System.nanoTime() < deadline) {
      long before = sent.get();
      client.onLoop(
          () -> {
            while (client.link.writable()) {
              client.link.write(ByteBuffer.wrap(frame));
              sent.incrementAndGet();
            }
            client.link.flush();
          });
      server.onLoop(() -> {});
      stuck = sent.get() == before ? stuck + 1 : 0;
    }
    assertEquals(50, stuck, "the sender was pushed back");
    assertEquals(1, server.frames.size());
    server.allow(3);
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(frame, server.awaitFrame());
    }
    server.onLoop(() -> {});
    assertEquals(0, server.frames.size());
    server.allow(Integer.MAX_VALUE);
    for (long i = 4; i < sent.get(); i++) {
      assertEquals(frame.length, server.awaitFrame().length);
    }
    assertTrue(client.writable.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void shouldTellOfTheEndAfterTheFramesBeforeItWhenPaused() throws Exception {
    InetSocketAddress address = network.listen(key -> Handshakes.controller(), Handshakes.LIMITS, Pausing::new);
    try (RawPeer peer = new RawPeer(address, RawPeer.endpoint()).handshake()) {
      Pausing server = (Pausing) network.awaitAccepted();
      for (int i = 0; i < 100; i++) {
        peer.write(Frames.of(0x28, new byte[i]));
      }
      peer.closeNotify();
      peer.socket.shutdownOutput();
      assertEquals(4, server.awaitFrame().length);
      for (int i = 0; i < 20; i++) {
        server.onLoop(() -> {});
      }
      assertEquals(0, server.frames.size());
      assertFalse(server.end.isDone());
      server.allow(Integer.MAX_VALUE);
      assertEquals(LinkEnd.Kind.PEER, server.awaitEnd().kind());
      assertEquals(99, server.frames.size());
    }
  }

  @Test
  void shouldServeNoMoreLinksThanAllowed() throws Exception {
    InetSocketAddress address = network.listen(new LinkLimits(1000, LONG, Duration.ZERO, 2, 10));
    RecordingHandler first = network.connect(Handshakes.endpoint(address, Handshakes.LIMITS));
    network.connect(Handshakes.endpoint(address, Handshakes.LIMITS));
    RecordingHandler server = network.awaitAccepted();
    network.awaitAccepted();
    for (int i = 0; i < 20; i++) {
      String failure = network.attempt(Handshakes.endpoint(address, Handshakes.LIMITS)).awaitFailure();
      assertTrue(failure.startsWith("HANDSHAKE "), failure);
      assertEquals("there are 2 links already", network.awaitRefusal());
    }
    first.link.close();
    first.awaitEnd();
    server.awaitEnd();
    network.connect(Handshakes.endpoint(address, Handshakes.LIMITS));
    network.awaitAccepted();
  }

  @Test
  void shouldServeNoMoreHandshakesOfAnAddressThanAllowed() throws Exception {
    InetSocketAddress address = network.listen(new LinkLimits(1000, LONG, Duration.ZERO, 100, 3));
    RawPeer[] silent = new RawPeer[3];
    for (int i = 0; i < silent.length; i++) {
      silent[i] = new RawPeer(address, RawPeer.endpoint());
    }
    assertTrue(network.attempt(Handshakes.endpoint(address, Handshakes.LIMITS)).awaitFailure().startsWith("HANDSHAKE "));
    assertEquals("there are 3 handshakes with this address already", network.awaitRefusal());
    silent[0].handshake();
    network.awaitAccepted();
    network.connect(Handshakes.endpoint(address, Handshakes.LIMITS));
    network.awaitAccepted();
    for (RawPeer peer : silent) {
      peer.close();
    }
    assertEquals("the peer closed the connection before its ClientHello was complete", network.awaitRefusal());
  }

  @Test
  void shouldEndALinkWhoseReceiverFails() throws Exception {
    InetSocketAddress address =
        network.listen(
            key -> Handshakes.controller(),
            Handshakes.LIMITS,
            link ->
                new RecordingHandler(link) {
                  @Override
                  public void onFrame(ByteBuffer buffer, int offset, int length) {
                    throw new IllegalStateException("no\nway");
                  }
                });
    RecordingHandler client = network.connect(Handshakes.endpoint(address, Handshakes.LIMITS));
    client.send(Frames.of(0x28, new byte[6]), Frames.of(0x28, new byte[6]));
    assertEquals(new LinkEnd(LinkEnd.Kind.FAILED, "the receiver of this link failed: no\\u000away"), network.awaitAccepted().awaitEnd());
    client.awaitEnd();
  }

  @Test
  void shouldReplaceTheReceiverFromTheNextFrameOn() throws Exception {
    try (RawPeer peer = rawPeer(Handshakes.LIMITS)) {
      RecordingHandler first = network.awaitAccepted();
      RecordingHandler second = new RecordingHandler(first.link);
      first.onLoop(() -> first.link.handler(second));
      peer.write(Frames.of(0x28, new byte[6]));
      assertEquals(10, second.awaitFrame().length);
      assertNull(first.frames.poll());
      peer.close();
      assertEquals(LinkEnd.Kind.PEER, second.awaitEnd().kind());
      assertFalse(first.end.isDone());
    }
  }

  @Test
  void shouldEndAllLinksWhenTheServiceEnds() throws Exception {
    RecordingHandler client = network.connect(Handshakes.endpoint(network.listen(Handshakes.LIMITS), Handshakes.LIMITS));
    RecordingHandler server = network.awaitAccepted();
    network.links.close();
    assertTrue(client.end.isDone() && server.end.isDone());
    String failure = network.attempt(Handshakes.endpoint(server.link.localAddress(), Handshakes.LIMITS)).awaitFailure();
    assertEquals("CONNECT the links are closed", failure);
    assertThrows(java.io.IOException.class, () -> network.listen(Handshakes.LIMITS));
  }
}
