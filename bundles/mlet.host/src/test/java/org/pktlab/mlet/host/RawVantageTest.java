package org.pktlab.mlet.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SessionLostException;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TimeSource;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.CaptureFilters;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Ncap;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.Request;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.StatusCode;

@Timeout(30)
class RawVantageTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final InetAddress ANY = EndpointSocket.address(new byte[4]);
  private static final byte[] HERE = {(byte) 192, 0, 2, 7};
  private static final byte[] STOP = {0, (byte) 0xb7, 0, 0, 0, 0, 0, 0, 0, (byte) 0x95, 0, 0, 0, 0, 0, 0, 0};

  private final ScriptedEndpoint endpoint = new ScriptedEndpoint();
  private final List<String> progress = new CopyOnWriteArrayList<>();
  private ScriptedLink link;
  private SessionVantage vantage;

  @BeforeEach
  void connect() {
    link = new ScriptedLink(endpoint);
    SessionWire wire =
        new SessionWire(
            link,
            new SessionEvents() {
              @Override
              public void progress(String line) {
                progress.add(line);
              }

              @Override
              public void ended(String reason) {
                progress.add("ended: " + reason);
              }
            });
    link.handler(wire);
    vantage = new SessionVantage(wire, "abc");
    endpoint.store(MemoryMap.socketField(1, MemoryMap.OFFSET_LADDR), HERE);
  }

  @AfterEach
  void shutdown() {
    link.shutdown();
  }

  private static ByteBuffer packet(int octets) {
    return ByteBuffer.allocate(octets).put(0, (byte) 0x45);
  }

  private static Ndata captured(long timeNs, byte... octets) {
    return new Ndata(1, 4, 0, timeNs, null, 0, octets);
  }

  private List<Mwrite> masks() {
    return endpoint.seen(Mwrite.class).stream().filter(w -> w.addr() % 0x400 == MemoryMap.OFFSET_NOTIFICATION_MASK).toList();
  }

  private static int bits(Mwrite write) {
    return ByteBuffer.wrap(write.data()).getShort();
  }

  @Test
  void shouldOpenOnTheBestAddressAndLearnIt() throws Exception {
    RawSocket socket = vantage.raw(ANY, 12_345);
    assertEquals(Nopen.raw(1, 12_345, new byte[4]), endpoint.seen(Nopen.class).get(0));
    assertEquals("192.0.2.7", socket.localAddress().getHostAddress());
    assertEquals(1, link.flushes(), "open, clock and address travel together");
  }

  @Test
  void shouldOpenForIpv6() throws Exception {
    byte[] local = new byte[16];
    local[0] = 0x20;
    endpoint.store(MemoryMap.socketField(1, MemoryMap.OFFSET_LADDR), local);
    RawSocket socket = vantage.raw(EndpointSocket.address(new byte[16]));
    assertEquals(6, endpoint.seen(Nopen.class).get(0).family());
    assertArrayEquals(local, socket.localAddress().getAddress());
    ByteBuffer packet = ByteBuffer.allocate(40).put(0, (byte) 0x60);
    socket.send(packet).awaitTimeNs(SOON);
    assertThrows(IllegalArgumentException.class, () -> socket.send(packet(40)));
  }

  @Test
  void shouldSayWhatIsOftenWrongWhenTheEndpointDoesNot() {
    endpoint.when(r -> r instanceof Nopen, r -> List.of(Result.of(StatusCode.EUNKFAULT)));
    RefusedException e = assertThrows(RefusedException.class, () -> vantage.raw(ANY));
    assertTrue(e.getMessage().contains("often: no privilege"), e.getMessage());
    assertEquals(List.of(), endpoint.seen(Nclose.class));
  }

  @Test
  void shouldSendWholePacketsAtTheirTimes() throws Exception {
    RawSocket socket = vantage.raw(ANY);
    Sent sent = socket.sendAt(packet(20), 77);
    assertTrue(sent.awaitTimeNs(SOON) > ScriptedEndpoint.EPOCH);
    Nsend send = endpoint.seen(Nsend.class).get(0);
    assertEquals(77, send.timeNs());
    assertEquals(0, send.proto());
    assertArrayEquals(packet(20).array(), send.data());
    assertThrows(IllegalArgumentException.class, () -> socket.send(packet(19)));
    assertThrows(IllegalArgumentException.class, () -> socket.send(packet(65_536)));
    assertThrows(IllegalArgumentException.class, () -> socket.send(ByteBuffer.allocate(40).put(0, (byte) 0x60)));
  }

  @Test
  void shouldCaptureUntilATimeAndStop() throws Exception {
    RawSocket socket = vantage.raw(ANY);
    byte[] filter = CaptureFilters.echo(4, 1).encode();
    socket.capture(CaptureFilters.echo(4, 1), RawSocket.FOREVER);
    assertEquals(new Ncap(1, 4, 0, -1, filter), endpoint.seen(Ncap.class).get(0));
    endpoint.say(captured(5, (byte) 1, (byte) 2), captured(6));
    Received first = socket.receive(SOON);
    assertEquals(5, first.timeNs());
    assertEquals(2, first.data().remaining());
    assertNull(first.from());
    assertEquals(0, socket.receive(SOON).data().remaining());
    assertThrows(TimeoutException.class, () -> socket.receive(Duration.ZERO));
    socket.stopCapture();
    assertEquals(new Ncap(1, 4, 0, 1, STOP), endpoint.seen(Ncap.class).get(1));
    endpoint.when(r -> r instanceof Ncap, r -> List.of(Result.of(StatusCode.ESKTBADFILT)));
    assertEquals(StatusCode.ESKTBADFILT, assertThrows(RefusedException.class, () -> socket.capture(CaptureFilters.echo(4, 1), 9)).status());
  }

  @Test
  void shouldAskToConsumeOnceAndTakeItBackForAPlainCapture() throws Exception {
    RawSocket socket = vantage.raw(ANY);
    endpoint.store(MemoryMap.EXTENSION_WORD, new byte[] {0, 0, 0, 1});
    socket.consume(CaptureFilters.echo(4, 1), RawSocket.FOREVER);
    socket.consume(CaptureFilters.echo(4, 2), RawSocket.FOREVER);
    assertEquals(List.of(1), words());
    endpoint.store(MemoryMap.EXTENSION_WORD, new byte[4]);
    socket.capture(CaptureFilters.echo(4, 3), RawSocket.FOREVER);
    socket.stopCapture();
    assertEquals(List.of(1, 0), words());
    assertEquals(4, endpoint.seen(Ncap.class).size());
  }

  private List<Integer> words() {
    return endpoint.seen(Mwrite.class).stream().filter(w -> w.addr() == MemoryMap.EXTENSION_WORD).map(w -> ByteBuffer.wrap(w.data()).getInt())
        .toList();
  }

  @Test
  void shouldNotCaptureWhenAskedToConsumeWhereThatIsNotGranted() throws Exception {
    RawSocket socket = vantage.raw(ANY);
    RefusedException e = assertThrows(RefusedException.class, () -> socket.consume(CaptureFilters.echo(4, 1), 9));
    assertTrue(e.getMessage().contains("AllowConsume"), e.getMessage());
    assertEquals(List.of(), endpoint.seen(Ncap.class));
    socket.capture(CaptureFilters.echo(4, 1), 9);
    assertEquals(List.of(1), words());
    assertEquals(1, endpoint.seen(Ncap.class).size());
  }

  @Test
  void shouldStopTheCaptureBeforeFreeingTheSlot() throws Exception {
    RawSocket socket = vantage.raw(ANY);
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    endpoint.when(
        r -> r instanceof Ncap,
        r -> {
          asked.complete(true);
          return List.of();
        });
    CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> assertClosed(socket));
    asked.get(10, TimeUnit.SECONDS);
    assertEquals(List.of(), endpoint.seen(Nclose.class));
    endpoint.say(captured(1, (byte) 1), Result.SUCCESS);
    closing.get(10, TimeUnit.SECONDS);
    assertEquals(List.of(new Nclose(1)), endpoint.seen(Nclose.class));
    assertEquals(1, endpoint.seen(Ncap.class).get(0).endTimeNs());
  }

  private static void assertClosed(RawSocket socket) {
    try {
      socket.close();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void shouldTellDropsAndWhichClocksTheTimesAreOf() throws Exception {
    RawSocket socket = vantage.raw(ANY);
    assertEquals(TimeSource.UNKNOWN, socket.sendTimeSource(), "as a C endpoint reads");
    int asked = endpoint.count();
    assertEquals(TimeSource.UNKNOWN, socket.receiveTimeSource());
    assertEquals(asked, endpoint.count(), "asked for once in a while only");
    socket = vantage.raw(ANY);
    endpoint.store(MemoryMap.socketField(2, MemoryMap.OFFSET_SEND_TIME_SOURCE), new byte[] {2, 3});
    endpoint.store(MemoryMap.socketField(2, MemoryMap.OFFSET_DROPPED_UNITS), new byte[] {0, 0, 0, 9});
    assertEquals(TimeSource.KERNEL, socket.sendTimeSource());
    assertEquals(TimeSource.HARDWARE, socket.receiveTimeSource());
    assertEquals(9, socket.dropped());
    endpoint.store(MemoryMap.socketField(3, MemoryMap.OFFSET_SEND_TIME_SOURCE), new byte[] {99, 3});
    assertEquals(TimeSource.UNKNOWN, vantage.raw(ANY).sendTimeSource());
  }

  @Test
  void shouldKeepManyCapturedPacketsBeforeItHoldsBack() throws Exception {
    RawSocket socket = vantage.raw(ANY);
    byte[] octets = new byte[60_000];
    for (int i = 0; i < 270; i++) {
      endpoint.say(captured(i, octets));
    }
    vantage.clock().nowNs();
    assertFalse(endpoint.seen().stream().anyMatch(r -> ScriptedEndpoint.isAllowance(r, 0)), "below 16 MiB");
    for (int i = 270; i < 290; i++) {
      endpoint.say(captured(i, octets));
    }
    vantage.clock().nowNs();
    assertTrue(endpoint.seen().stream().anyMatch(r -> ScriptedEndpoint.isAllowance(r, 0)));
    for (int i = 0; i < 290; i++) {
      assertEquals(i, socket.receive(SOON).timeNs());
    }
    long begin = System.nanoTime();
    while (endpoint.seen().stream().noneMatch(r -> ScriptedEndpoint.isAllowance(r, 4 << 20))) {
      assertTrue(System.nanoTime() - begin < SOON.toNanos());
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldMaskHeldSocketsAndUnmaskThemForAPoll() throws Exception {
    RawSocket socket = vantage.raw(ANY);
    UdpSocket udp = vantage.udp(ANY, SocketOptions.DEFAULT);
    vantage.hold();
    assertEquals(List.of(0x0A, 0x0A), masks().stream().map(RawVantageTest::bits).toList());
    endpoint.store(MemoryMap.socketField(1, MemoryMap.OFFSET_DROPPED_OCTETS), new byte[] {0, 0, 1, 0, 0, 0, 0, 2});
    endpoint.store(MemoryMap.socketField(2, MemoryMap.OFFSET_DROPPED_OCTETS), new byte[] {0, 0, 0, 8, 0, 0, 0, 1});
    // What is held precedes the answer to the write that lets it go.
    endpoint.when(r -> isMask(r, 1, 0), r -> List.<Message>of(new Ntag(1, 1, 40, 0), captured(41, (byte) 7), Result.SUCCESS));
    endpoint.withoutTags();
    Sent sent = socket.send(packet(20));
    int before = endpoint.count();
    assertEquals(new Vantage.Drops(3, 264), vantage.poll(0));
    assertEquals(List.of(0x0A, 0x0A, 0, 0x0A, 0, 0x0A), masks().stream().map(RawVantageTest::bits).toList());
    assertEquals(0, endpoint.seen(Mread.class).stream().skip(before).filter(r -> r.addr() == MemoryMap.CLOCK).count());
    assertEquals(40, sent.awaitTimeNs(Duration.ZERO));
    assertEquals(41, socket.receive(Duration.ZERO).timeNs());
    udp.close();
    vantage.release();
    vantage.release();
    assertEquals(7, masks().size(), "closed sockets are left alone");
    assertEquals(0, bits(masks().get(6)));
    assertThrows(IllegalStateException.class, () -> vantage.poll(0));
  }

  private static boolean isMask(Request request, int sktid, int bits) {
    return request instanceof Mwrite write
        && write.addr() == MemoryMap.socketField(sktid, MemoryMap.OFFSET_NOTIFICATION_MASK)
        && bits(write) == bits;
  }

  @Test
  void shouldWaitForAPollWithoutUsingTheNetwork() throws Exception {
    vantage.raw(ANY);
    vantage.hold();
    int before = endpoint.count();
    List<Integer> counts = new ArrayList<>();
    endpoint.when(
        r -> isMask(r, 1, 0),
        r -> {
          counts.add(endpoint.count());
          return List.of(Result.SUCCESS);
        });
    long begin = System.nanoTime();
    vantage.poll(ScriptedEndpoint.EPOCH + 120_000_000L);
    assertTrue(System.nanoTime() - begin > 100_000_000L);
    assertEquals(List.of(before + 1), counts, "the first request after the wait is the one that lets go");
  }

  @Test
  void shouldRefuseASendThatWouldWaitForWhatIsHeld() throws Exception {
    endpoint.withoutTags();
    endpoint.store(MemoryMap.BUFFER_LIMIT, ByteBuffer.allocate(4).putInt(100_000).array());
    RawSocket socket = vantage.raw(ANY, 0);
    vantage.hold();
    RefusedException e =
        assertThrows(
            RefusedException.class,
            () -> {
              for (int i = 0; i < 1_000; i++) {
                socket.send(packet(1_000));
              }
            });
    assertEquals(StatusCode.ESYSNOBUFS, e.status());
  }

  @Test
  void shouldNoticeALostSessionWhileItWaitsForAPoll() throws Exception {
    vantage.raw(ANY);
    vantage.hold();
    link.hangUp(org.pktlab.link.LinkEnd.Kind.PEER, "gone");
    assertThrows(SessionLostException.class, () -> vantage.poll(ScriptedEndpoint.EPOCH + 20_000_000_000L));
  }
}
