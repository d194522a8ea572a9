package org.pktlab.mlet.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.link.LinkEnd;
import org.pktlab.mlet.ConnectFailedException;
import org.pktlab.mlet.EndpointClock;
import org.pktlab.mlet.FailureReason;
import org.pktlab.mlet.NotSentException;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SessionLostException;
import org.pktlab.mlet.SocketFailedException;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.protocol.Linfo;
import org.pktlab.protocol.Mdata;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.Request;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.Suspd;

@Timeout(30)
class SessionVantageTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration NOW = Duration.ZERO;
  private static final InetSocketAddress WEB = new InetSocketAddress(ip(192, 0, 2, 80), 80);
  private static final InetSocketAddress NAMES = new InetSocketAddress(ip(192, 0, 2, 53), 53);

  private final ScriptedEndpoint endpoint = new ScriptedEndpoint();
  private final List<String> progress = new CopyOnWriteArrayList<>();
  private ScriptedLink link;
  private SessionVantage vantage;

  private static InetAddress ip(int... octets) {
    byte[] address = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      address[i] = (byte) octets[i];
    }
    return EndpointSocket.address(address);
  }

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
  }

  @AfterEach
  void shutdown() {
    link.shutdown();
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - begin < SOON.toNanos(), "the condition did not come true in time");
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static <T> CompletableFuture<T> beside(Callable<T> task) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                future.complete(task.call());
              } catch (Throwable e) {
                future.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    return assertThrows(
        type,
        () -> {
          throw e.getCause();
        });
  }

  private static ByteBuffer octets(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Received received) {
    return StandardCharsets.UTF_8.decode(received.data().duplicate()).toString();
  }

  @Test
  void shouldReadAndWriteMemory() throws Exception {
    endpoint.store(MemoryMap.PROTOCOLS, new byte[] {0, 0, 0, 6});
    assertEquals(6, vantage.memory().read(MemoryMap.PROTOCOLS, 4).getInt());
    vantage.memory().write(MemoryMap.socketField(9, MemoryMap.OFFSET_CONTROL_FLAGS), ByteBuffer.wrap(new byte[] {7, 8}));
    Mwrite write = endpoint.seen(Mwrite.class).get(0);
    assertEquals(MemoryMap.socketField(9, MemoryMap.OFFSET_CONTROL_FLAGS), write.addr());
    assertArrayEquals(new byte[] {7, 8}, write.data());
  }

  @Test
  void shouldRefuseMemoryRangesThatWouldEndTheSession() {
    assertThrows(IllegalArgumentException.class, () -> vantage.memory().read(0x10000000, 0));
    assertThrows(IllegalArgumentException.class, () -> vantage.memory().read(0x10000000, 65_536));
    assertThrows(IllegalArgumentException.class, () -> vantage.memory().read(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> vantage.memory().write(-4, ByteBuffer.allocate(4)));
    assertEquals(List.of(), endpoint.seen());
  }

  @Test
  void shouldSplitMemoryWritesAtSocketBlocks() throws Exception {
    vantage.memory().write(MemoryMap.socketBlock(3) - 2, ByteBuffer.wrap(new byte[0x400 + 4]));
    List<Mwrite> writes = endpoint.seen(Mwrite.class);
    assertEquals(List.of(2, 0x400, 2), writes.stream().map(w -> w.data().length).toList());
    assertEquals(MemoryMap.socketBlock(3), writes.get(1).addr());
  }

  @Test
  void shouldTellWhoTheEndpointIsAndWhatItExports() throws Exception {
    endpoint.store(MemoryMap.HOST_ID, "probe-7".getBytes(StandardCharsets.US_ASCII));
    endpoint.store(MemoryMap.IPV4_LIST, new byte[] {(byte) 192, 0, 2, 1, (byte) 255, (byte) 255, (byte) 255, 0, 10, 0, 0, 1, (byte) 255, 0,
        0, 0});
    endpoint.store(MemoryMap.IPV6_LIST, ip(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1).getAddress());
    endpoint.store(MemoryMap.IPV4_RESOLVER_COUNT, new byte[] {1, 1});
    endpoint.store(MemoryMap.IPV4_RESOLVERS, new byte[] {(byte) 192, 0, 2, 53});
    endpoint.store(MemoryMap.IPV6_RESOLVERS, ip(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53).getAddress());
    assertEquals("probe-7", vantage.endpoint().hostId());
    assertEquals("abc", vantage.endpoint().keyId());
    assertEquals(List.of("192.0.2.1", "10.0.0.1", "2001:db8:0:0:0:0:0:1"), vantage.addresses().stream().map(InetAddress::getHostAddress)
        .toList());
    assertEquals(List.of("192.0.2.53", "2001:db8:0:0:0:0:0:53"), vantage.resolvers().stream().map(InetAddress::getHostAddress).toList());
  }

  @Test
  void shouldTellTheFactsThatTheEndpointTells() throws Exception {
    assertEquals(Map.of(), vantage.facts());
    byte[] lines = "mtu=1500\ngateway=192.0.2.1\ngateway=2001:db8::1\nno fact\n".getBytes(StandardCharsets.UTF_8);
    endpoint.store(MemoryMap.FACTS, ByteBuffer.allocate(2 + lines.length).putShort((short) lines.length).put(lines).array());
    assertEquals(Map.of("mtu", List.of("1500"), "gateway", List.of("192.0.2.1", "2001:db8::1")), vantage.facts());
    endpoint.store(MemoryMap.FACTS, ByteBuffer.allocate(2 + lines.length).putShort((short) 0xFFFF).put(lines).array());
    assertEquals(List.of("1500"), vantage.facts().get("mtu"), "a length that lies is cut");
  }

  @Test
  void shouldTellOnlyAnEndpointOfOursItsAddress() throws Exception {
    vantage.tellItsAddress();
    vantage.clock().nowNs();
    assertEquals(List.of(), endpoint.seen(Mwrite.class));
    link.coalesce();
    vantage.tellItsAddress();
    vantage.clock().nowNs();
    byte[] expected = new byte[MemoryMap.EXTERNAL_ADDRESS_LENGTH];
    ByteBuffer.wrap(expected).put((byte) 4).put(new byte[] {127, 0, 0, 1});
    assertEquals(List.of(new Mwrite(MemoryMap.EXTERNAL_ADDRESS, expected)), endpoint.seen(Mwrite.class));
  }

  @Test
  void shouldEstimateTheClockOffset() throws Exception {
    assertEquals(ScriptedEndpoint.EPOCH + 1_000, vantage.clock().nowNs());
    EndpointClock.Offset offset = vantage.clock().offset();
    assertTrue(offset.roundTripNs() > 0);
    assertTrue(offset.offsetNs() < 0, "the scripted clock lies in the past");
  }

  @Test
  void shouldConnectWhenTheEndpointAnnouncesIt() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    assertEquals(ScriptedEndpoint.EPOCH + 1_000, socket.openedNs());
    assertEquals(ScriptedEndpoint.EPOCH + 2_500, socket.connectedNs());
    assertEquals(1, endpoint.seen(Nopen.class).get(0).sktid());
    assertEquals(1, link.flushes(), "clock and open leave together");
  }

  @Test
  void shouldNoticeASilentConnectFailureByPolling() throws Exception {
    endpoint.withoutAnnouncing();
    CompletableFuture<TcpSocket> connecting = beside(() -> vantage.connect(WEB));
    until(() -> endpoint.seen(Nopen.class).size() == 1);
    endpoint.state(1, SocketState.REFUSED);
    ConnectFailedException e = failure(ConnectFailedException.class, connecting);
    assertEquals(FailureReason.REFUSED, e.reason());
    until(() -> endpoint.seen(Nclose.class).size() == 1);
  }

  @Test
  void shouldNoticeAConnectionThatWasThereAtOnce() throws Exception {
    endpoint.withoutAnnouncing();
    endpoint.state(1, SocketState.OPEN);
    TcpSocket socket = vantage.connect(WEB);
    assertTrue(socket.connectedNs() > socket.openedNs());
  }

  @Test
  void shouldGiveUpConnectingInTimeAndFreeTheSlotInTwoSteps() throws Exception {
    endpoint.withoutAnnouncing();
    SocketOptions options = SocketOptions.DEFAULT.withTimeout(Duration.ofMillis(30));
    assertEquals(FailureReason.TIMED_OUT, assertThrows(ConnectFailedException.class, () -> vantage.connect(WEB, options)).reason());
    until(() -> endpoint.seen(Nclose.class).size() == 1);
    List<Request> seen = endpoint.seen();
    assertTrue(ScriptedEndpoint.isAllowance(seen.get(seen.size() - 2), 0));
  }

  @Test
  void shouldSayNoWhenTheEndpointRefusesToOpen() throws Exception {
    endpoint.when(r -> r instanceof Nopen open && open.isConnect(), r -> List.of(Result.of(StatusCode.ESKTOPNDENY)));
    endpoint.when(r -> r instanceof Nopen open && !open.isConnect(), r -> List.of(new Result(StatusCode.ECTLMONREJ, 2, 77)));
    RefusedException tcp = assertThrows(RefusedException.class, () -> vantage.connect(WEB));
    assertEquals(StatusCode.ESKTOPNDENY, tcp.status());
    assertEquals(
        "the endpoint refused to connect to 192.0.2.80 port 80: connecting to this destination is not allowed (ESKTOPNDENY)",
            tcp.getMessage());
    RefusedException udp = assertThrows(RefusedException.class, () -> vantage.udp(NAMES.getAddress()));
    assertEquals("the endpoint refused to open a UDP socket: monitor 2 of the endpoint rejected it with code 77 (ECTLMONREJ)",
        udp.getMessage());
    assertEquals(List.of(), endpoint.seen(Nclose.class));
  }

  @Test
  void shouldSendWithoutWaitingAndTellWhenItLeft() throws Exception {
    List<Nsend> held = new ArrayList<>();
    endpoint.when(
        r -> r instanceof Nsend,
        r -> {
          held.add((Nsend) r);
          return List.of();
        });
    TcpSocket socket = vantage.connect(WEB);
    Sent first = socket.send(octets("one"));
    Sent second = socket.sendAt(octets("two"), 99);
    until(() -> endpoint.seen(Nsend.class).size() == 2);
    assertThrows(TimeoutException.class, () -> first.awaitTimeNs(NOW));
    assertNotEquals(0, held.get(0).tag());
    assertEquals(99, held.get(1).timeNs());
    // The answers come, then the notifications, the later one first.
    endpoint.say(Result.SUCCESS, Result.SUCCESS, new Ntag(1, 55_555, 1, 0));
    endpoint.say(new Ntag(1, held.get(1).tag(), 200, 0), new Ntag(1, held.get(0).tag(), 100, 0));
    assertEquals(200, second.awaitTimeNs(SOON));
    assertEquals(100, first.awaitTimeNs(SOON));
  }

  @Test
  void shouldShowARefusedSendInItsOutcomeAndAtTheNextSend() throws Exception {
    endpoint.when(r -> r instanceof Nsend send && send.data().length == 3, r -> List.of(Result.of(StatusCode.ESKTPKTDENY)));
    UdpSocket socket = vantage.udp(NAMES.getAddress());
    Sent refused = socket.send(octets("bad"), NAMES);
    assertEquals(StatusCode.ESKTPKTDENY, assertThrows(RefusedException.class, () -> refused.awaitTimeNs(SOON)).status());
    assertThrows(RefusedException.class, () -> socket.send(octets("good"), NAMES));
    assertTrue(socket.send(octets("good"), NAMES).awaitTimeNs(SOON) > ScriptedEndpoint.EPOCH);
  }

  @Test
  void shouldTellWhatTheEndpointDiscarded() throws Exception {
    endpoint.when(r -> r instanceof Nsend, r -> List.of(Result.SUCCESS, new Ntag(1, ((Nsend) r).tag(), 5, StatusCode.EPKTNOTSENT)));
    TcpSocket socket = vantage.connect(WEB);
    Sent sent = socket.send(octets("lost"));
    assertThrows(NotSentException.class, () -> sent.awaitTimeNs(SOON));
    assertThrows(NotSentException.class, () -> socket.send(octets("more")), "a stream with a gap is broken");
  }

  @Test
  void shouldSendAgainInOrderWhenTheEndpointsBufferWasFull() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    StringBuffer accepted = new StringBuffer();
    endpoint.when(
        r -> r instanceof Nsend,
        r -> {
          if (full.get()) {
            return List.of(Result.of(StatusCode.ESYSNOBUFS));
          }
          accepted.append(new String(((Nsend) r).data(), StandardCharsets.UTF_8));
          return endpoint.usual(r);
        });
    TcpSocket socket = vantage.connect(WEB);
    StringBuilder expected = new StringBuilder();
    Sent last = null;
    for (int i = 0; i < 20; i++) {
      expected.append(i).append(' ');
      last = socket.send(octets(i + " "));
    }
    CompletableFuture<Void> finishing =
        beside(
            () -> {
              socket.finish();
              return null;
            });
    // More requests than sends: it tries again, one at a time.
    until(() -> endpoint.seen(Nsend.class).size() > 21);
    assertEquals(List.of(), endpoint.seen(Nctl.class));
    full.set(false);
    last.awaitTimeNs(SOON);
    assertEquals(expected.toString(), accepted.toString());
    finishing.get(10, TimeUnit.SECONDS);
    assertEquals(1, endpoint.seen(Nctl.class).size());
  }

  @Test
  void shouldNotFinishBeforeEverySendWasTaken() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    endpoint.when(r -> r instanceof Nsend && full.getAndSet(false), r -> List.of(Result.of(StatusCode.ESYSNOBUFS)));
    TcpEndpointSocket socket = (TcpEndpointSocket) vantage.connect(WEB);
    CompletableFuture<Void> both = new CompletableFuture<>();
    link.loop().execute(both::join);
    Sent sent = socket.send(octets("last words"));
    Call finish = socket.outbox().finish();
    both.complete(null);
    finish.awaitSuccess();
    sent.awaitTimeNs(SOON);
    assertEquals(
        List.of(Nsend.class, Nsend.class, Nctl.class),
        endpoint.seen().stream().filter(r -> r instanceof Nsend || r instanceof Nctl).map(Object::getClass).toList());
  }

  @Test
  void shouldFailRatherThanLeaveAGapWhenALaterPieceWasAccepted() throws Exception {
    List<Nsend> held = new CopyOnWriteArrayList<>();
    endpoint.when(
        r -> r instanceof Nsend,
        r -> {
          held.add((Nsend) r);
          return List.of();
        });
    TcpSocket socket = vantage.connect(WEB);
    Sent first = socket.send(octets("one"));
    socket.send(octets("two"));
    until(() -> held.size() == 2);
    endpoint.say(Result.of(StatusCode.ESYSNOBUFS), Result.SUCCESS);
    assertThrows(SocketFailedException.class, () -> first.awaitTimeNs(SOON));
    assertThrows(SocketFailedException.class, () -> socket.send(octets("three")));
  }

  @Test
  void shouldBlockWhileTheEndpointsBufferIsFull() throws Exception {
    endpoint.store(MemoryMap.BUFFER_LIMIT, ByteBuffer.allocate(4).putInt(400_000).array());
    endpoint.withoutTags();
    TcpSocket socket = vantage.connect(WEB, SocketOptions.DEFAULT.withReceiveBuffer(200_000));
    CompletableFuture<Sent> sending = beside(() -> socket.send(ByteBuffer.allocate(1_000_000)));
    until(() -> endpoint.seen(Nsend.class).size() == 3);
    vantage.clock().nowNs();
    assertFalse(sending.isDone());
    assertEquals(3, endpoint.seen(Nsend.class).size(), "three pieces of 64 KiB fit into 200,000 octets");
    AtomicInteger answered = new AtomicInteger();
    int octets = 0;
    while (octets < 1_000_000) {
      List<Nsend> sends = endpoint.seen(Nsend.class);
      octets = sends.stream().mapToInt(s -> s.data().length).sum();
      while (answered.get() < sends.size()) {
        endpoint.say(new Ntag(1, sends.get(answered.getAndIncrement()).tag(), 7, 0));
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    assertEquals(7, sending.get().awaitTimeNs(SOON));
    assertEquals(1_000_000, endpoint.seen(Nsend.class).stream().mapToInt(s -> s.data().length).sum());
  }

  @Test
  void shouldReuseTagsButNeverTwoAtOnce() throws Exception {
    endpoint.withoutTags();
    UdpSocket socket = vantage.udp(NAMES.getAddress());
    int first = 0;
    for (int round = 0; round < 8; round++) {
      HashSet<Integer> tags = new HashSet<>();
      for (int i = 0; i < 10_000; i++) {
        socket.send(ByteBuffer.allocate(0), NAMES);
      }
      int seen = (round + 1) * 10_000;
      until(() -> endpoint.count() == seen + 2);
      List<Nsend> sends = endpoint.seen(Nsend.class).subList(seen - 10_000, seen);
      sends.forEach(s -> assertTrue(s.tag() != 0 && tags.add(s.tag()), "tag " + s.tag()));
      if (round == 0) {
        // Stays outstanding for all rounds.
        first = sends.get(0).tag();
      } else {
        assertFalse(tags.contains(first));
      }
      for (Nsend send : sends.subList(round == 0 ? 1 : 0, sends.size())) {
        endpoint.say(new Ntag(1, send.tag(), 1, 0));
      }
    }
  }

  @Test
  void shouldFinishBehindEverythingSent() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    socket.send(octets("a"));
    socket.finish();
    socket.finish();
    TcpSocket other = vantage.connect(WEB);
    other.sendAt(octets("b"), 5_000);
    other.sendAt(octets("c"), 3_000);
    other.finish();
    List<Nctl> fins = endpoint.seen(Nctl.class);
    assertEquals(2, fins.size());
    assertEquals(1, fins.get(0).timeNs());
    assertEquals(5_001, fins.get(1).timeNs());
    assertEquals(Nctl.FIN, fins.get(0).command());
    assertThrows(RefusedException.class, () -> socket.send(octets("late")));
  }

  @Test
  void shouldReadDataThenTheEndOfTheStream() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    endpoint.say(ScriptedEndpoint.tcpData(1, 11, "hello ".getBytes(StandardCharsets.UTF_8)),
        ScriptedEndpoint.tcpData(1, 12, "world".getBytes(StandardCharsets.UTF_8)));
    endpoint.say(ScriptedEndpoint.stat(1, StatCode.PEER_CLOSED));
    Received first = socket.receive(SOON);
    assertEquals("hello ", text(first));
    assertEquals(11, first.timeNs());
    assertNull(first.from());
    InputStream stream = socket.inputStream(SOON);
    assertEquals("world", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    assertNull(socket.receive(NOW));
  }

  @Test
  void shouldReadWhatCameBeforeAReset() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    endpoint.say(ScriptedEndpoint.tcpData(1, 11, new byte[] {'x'}), ScriptedEndpoint.stat(1, StatCode.RESET));
    assertEquals("x", text(socket.receive(SOON)));
    assertEquals(FailureReason.RESET, assertThrows(SocketFailedException.class, () -> socket.receive(SOON)).reason());
    assertEquals(FailureReason.RESET, assertThrows(SocketFailedException.class, () -> socket.send(octets("y"))).reason());
  }

  @Test
  void shouldAskForTheStateWhenANotificationSaysLittle() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    endpoint.state(1, SocketState.UNREACH);
    endpoint.say(ScriptedEndpoint.stat(1, StatCode.OTHER));
    assertEquals(FailureReason.UNREACHABLE, assertThrows(SocketFailedException.class, () -> socket.receive(SOON)).reason());
  }

  @Test
  void shouldTimeOutAndGoOn() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    assertThrows(TimeoutException.class, () -> socket.receive(Duration.ofMillis(5)));
    assertThrows(SocketTimeoutException.class, () -> socket.inputStream(NOW).read());
    endpoint.say(ScriptedEndpoint.tcpData(1, 11, new byte[] {'x'}));
    assertEquals("x", text(socket.receive(SOON)));
  }

  @Test
  void shouldReceiveDatagramsWithTheirSenders() throws Exception {
    UdpSocket socket = vantage.udp(NAMES.getAddress());
    endpoint.say(ScriptedEndpoint.udpData(1, 5, new byte[] {10, 1, 2, 3}, 5353, new byte[0]));
    endpoint.say(ScriptedEndpoint.udpData(77, 5, new byte[] {10, 1, 2, 3}, 5353, new byte[0]));
    Received received = socket.receive(SOON);
    assertEquals(new InetSocketAddress(ip(10, 1, 2, 3), 5353), received.from());
    assertEquals(0, received.data().remaining());
    endpoint.store(MemoryMap.socketField(1, MemoryMap.OFFSET_DROPPED_UNITS), new byte[] {0, 0, 1, 2});
    assertEquals(258, socket.dropped());
    endpoint.store(MemoryMap.socketField(1, MemoryMap.OFFSET_LADDR), new byte[] {10, 9, 8, 7});
    endpoint.store(MemoryMap.socketField(1, MemoryMap.OFFSET_LPORT), new byte[] {0x12, 0x34});
    assertEquals(new InetSocketAddress(ip(10, 9, 8, 7), 0x1234), socket.localAddress());
  }

  @Test
  void shouldHoldBackThePeerOfASlowReaderAndLetItGoOn() throws Exception {
    TcpSocket socket = vantage.connect(WEB, SocketOptions.DEFAULT.withReceiveBuffer(64 * 1024));
    byte[] piece = new byte[16 * 1024];
    int sent = 0;
    while (endpoint.seen().stream().noneMatch(r -> ScriptedEndpoint.isAllowance(r, 0))) {
      endpoint.say(ScriptedEndpoint.tcpData(1, 1, piece));
      sent++;
      assertTrue(sent < 1_000, "never held back");
      vantage.clock().nowNs();
    }
    assertEquals(16, sent, "256 KiB and what the pieces themselves take");
    for (int i = 0; i < sent; i++) {
      assertEquals(piece.length, socket.receive(SOON).data().remaining());
    }
    until(() -> endpoint.seen().stream().anyMatch(r -> ScriptedEndpoint.isAllowance(r, 64 * 1024)));
    assertFalse(link.isPaused());
  }

  @Test
  void shouldStopReadingTheLinkWhenFarTooMuchWaitsUnread() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    int pieces = 600;
    for (int i = 0; i < pieces; i++) {
      endpoint.say(ScriptedEndpoint.tcpData(1, i, new byte[64 * 1024]));
    }
    until(() -> link.isPaused());
    for (int i = 0; i < pieces; i++) {
      assertEquals(i, socket.receive(SOON).timeNs());
    }
    until(() -> !link.isPaused());
    assertEquals(ScriptedEndpoint.EPOCH, vantage.clock().nowNs() / 1_000_000 * 1_000_000);
  }

  @Test
  void shouldStopReceptionBeforeFreeingASlot() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    endpoint.when(
        r -> ScriptedEndpoint.isAllowance(r, 0),
        r -> {
          asked.complete(true);
          return List.of();
        });
    CompletableFuture<Void> closing =
        beside(
            () -> {
              socket.close();
              return null;
            });
    asked.get(10, TimeUnit.SECONDS);
    vantage.wire().later(() -> {});
    assertEquals(List.of(), endpoint.seen(Nclose.class), "not before the answer");
    endpoint.say(ScriptedEndpoint.tcpData(1, 1, new byte[10]), Result.SUCCESS);
    closing.get(10, TimeUnit.SECONDS);
    assertEquals(1, endpoint.seen(Nclose.class).get(0).sktid());
    socket.close();
    assertEquals(1, endpoint.seen(Nclose.class).size());
    assertThrows(SocketFailedException.class, () -> socket.receive(SOON));
    assertThrows(SocketFailedException.class, () -> socket.send(octets("x")));
  }

  @Test
  void shouldTellUnsentSendsWhenTheirSocketIsClosed() throws Exception {
    endpoint.withoutTags();
    TcpSocket socket = vantage.connect(WEB);
    Sent sent = socket.sendAt(octets("x"), Long.MAX_VALUE);
    socket.close();
    assertThrows(NotSentException.class, () -> sent.awaitTimeNs(SOON));
  }

  @Test
  void shouldUseSocketNumbers1To255AndThenSayThatAllAreInUse() throws Exception {
    HashSet<Integer> numbers = new HashSet<>();
    List<UdpSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 255; i++) {
      sockets.add(vantage.udp(NAMES.getAddress(), SocketOptions.DEFAULT.withReceiveBuffer(0)));
    }
    endpoint.seen(Nopen.class).forEach(o -> numbers.add(o.sktid()));
    assertEquals(255, numbers.size());
    assertFalse(numbers.contains(0));
    assertEquals(StatusCode.ESKTINUSE, assertThrows(RefusedException.class, () -> vantage.udp(NAMES.getAddress())).status());
    sockets.get(100).close();
    vantage.udp(NAMES.getAddress());
    assertEquals(101, endpoint.seen(Nopen.class).get(255).sktid());
  }

  @Test
  void shouldNotAskForUdpOverIpv6WhereItKills() throws Exception {
    InetAddress ipv6 = ip(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    assertThrows(RefusedException.class, () -> vantage.udp(ipv6));
    assertEquals(List.of(), endpoint.seen(Nopen.class));
  }

  @Test
  void shouldAskForUdpOverIpv6WhereExtensionsAreShown() throws Exception {
    endpoint.store(MemoryMap.EXTENSION_WORD, new byte[] {0, 0, 0, 1});
    InetAddress ipv6 = ip(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    UdpSocket socket = vantage.udp(ipv6);
    assertThrows(IllegalArgumentException.class, () -> socket.send(octets("x"), NAMES));
    assertThrows(RefusedException.class, () -> socket.send(ByteBuffer.allocate(65_528), new InetSocketAddress(ipv6, 9)));
    socket.send(octets("x"), new InetSocketAddress(ipv6, 9)).awaitTimeNs(SOON);
  }

  @Test
  void shouldTellEveryoneWhenTheSessionIsLost() throws Exception {
    AtomicBoolean silent = new AtomicBoolean();
    endpoint.when(
        r -> {
          if (r instanceof Mread read && read.addr() == MemoryMap.HOST_ID) {
            silent.set(true);
          }
          return silent.get();
        },
        r -> List.of());
    endpoint.withoutTags();
    TcpSocket socket = vantage.connect(WEB);
    endpoint.withoutAnnouncing();
    Sent sent = socket.send(octets("x"));
    endpoint.say(ScriptedEndpoint.tcpData(1, 1, new byte[] {'d'}));
    CompletableFuture<TcpSocket> connecting = beside(() -> vantage.connect(WEB));
    UdpSocket udp = vantage.udp(NAMES.getAddress());
    CompletableFuture<Received> receiving = beside(() -> udp.receive(SOON));
    CompletableFuture<ByteBuffer> reading = beside(() -> vantage.memory().read(MemoryMap.HOST_ID, 4));
    until(() -> endpoint.seen(Mread.class).stream().anyMatch(r -> r.addr() == MemoryMap.HOST_ID));
    link.hangUp(LinkEnd.Kind.PEER, "end of stream");
    assertEquals("the endpoint ended the session", failure(SessionLostException.class, connecting).getMessage());
    failure(SessionLostException.class, receiving);
    failure(SessionLostException.class, reading);
    assertThrows(SessionLostException.class, () -> sent.awaitTimeNs(SOON));
    assertEquals("d", text(socket.receive(SOON)), "what came before can still be read");
    assertThrows(SessionLostException.class, () -> socket.receive(SOON));
    assertThrows(SessionLostException.class, () -> socket.send(octets("y")));
    assertThrows(SessionLostException.class, () -> vantage.clock().nowNs());
    assertThrows(SessionLostException.class, () -> vantage.connect(WEB));
    socket.close();
    udp.close();
    until(() -> !progress.isEmpty());
    assertEquals(List.of("ended: the endpoint ended the session"), progress);
  }

  @Test
  void shouldEndTheSessionWhenTheEndpointBreaksTheProtocol() throws Exception {
    link.arrive(new byte[] {0x60, 0, 0, 2, 1, 2});
    until(() -> link.isEnded());
    IOException e = assertThrows(SessionLostException.class, () -> vantage.clock().nowNs());
    assertTrue(e.getMessage().startsWith("the endpoint sent a malformed ntag: "), e.getMessage());
  }

  @Test
  void shouldEndTheSessionWhenAnAnswerFitsNoRequest() throws Exception {
    endpoint.say(Result.SUCCESS);
    until(() -> link.isEnded());
    assertEquals("the endpoint sent a result that nothing asked for",
        assertThrows(SessionLostException.class, () -> vantage.clock().nowNs()).getMessage());
  }

  @Test
  void shouldEndTheSessionWhenAReadIsAnsweredWithSomethingElse() {
    endpoint.when(r -> r instanceof Mread, r -> List.<Message>of(new Mdata(((Mread) r).addr(), new byte[3])));
    assertThrows(SessionLostException.class, () -> vantage.clock().nowNs());
  }

  @Test
  void shouldEndTheSessionWhenSuspended() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    endpoint.say(new Suspd());
    String message = assertThrows(SessionLostException.class, () -> socket.receive(SOON)).getMessage();
    assertEquals("the endpoint suspended the experiment in favour of one with a higher priority", message);
  }

  @Test
  void shouldShowWordsOfMonitorsAsProgress() throws Exception {
    endpoint.say(new Linfo("monitor", new byte[] {3, 0}, "hi\u001b[2J".getBytes(StandardCharsets.UTF_8)));
    until(() -> !progress.isEmpty());
    assertEquals(List.of("monitor: hi\\x1b[2J"), progress);
  }

  @Test
  void shouldLetAnInterruptedThreadGoAndKeepTheSession() throws Exception {
    TcpSocket socket = vantage.connect(WEB);
    CompletableFuture<Thread> who = new CompletableFuture<>();
    CompletableFuture<Received> receiving =
        beside(
            () -> {
              who.complete(Thread.currentThread());
              return socket.receive(SOON);
            });
    who.get(10, TimeUnit.SECONDS).interrupt();
    failure(InterruptedException.class, receiving);
    endpoint.say(ScriptedEndpoint.tcpData(1, 1, new byte[] {'x'}));
    assertEquals("x", text(socket.receive(SOON)));
  }

  @Test
  void shouldFreeTheSlotOfAnInterruptedConnect() throws Exception {
    endpoint.withoutAnnouncing();
    CompletableFuture<Thread> who = new CompletableFuture<>();
    CompletableFuture<TcpSocket> connecting =
        beside(
            () -> {
              who.complete(Thread.currentThread());
              return vantage.connect(WEB);
            });
    until(() -> endpoint.seen(Nopen.class).size() == 1);
    who.get(10, TimeUnit.SECONDS).interrupt();
    failure(InterruptedException.class, connecting);
    until(() -> endpoint.seen(Nclose.class).size() == 1);
  }
}
