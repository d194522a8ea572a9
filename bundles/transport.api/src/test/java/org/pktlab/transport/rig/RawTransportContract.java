package org.pktlab.transport.rig;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.Transport;

/** What every raw transport does, tried against real sockets in two namespaces. */
public abstract class RawTransportContract extends RawTransportRig {
  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldExchangePacketsWithKernelTimes(String family) throws Exception {
    InetAddress from = host(family, "a");
    InetAddress to = host(family, "b");
    RawTransportSocket sender = open(a, from, left);
    RawTransportSocket receiver = open(b, to, right);
    assertTrue(a.on(sender::tellsSendTimes));
    assertEquals(RawTransportSocket.TimeSource.KERNEL, b.on(receiver::receiveTimeSource));
    b.run(() -> receiver.capture(UDP_ONLY));
    long last = nowNs();
    for (int i = 0; i < 50; i++) {
      byte[] packet = IpPackets.udp(from, to, i, IpPackets.headLength(to) + 12 + 20 * i).array();
      assertTrue(send(a, sender, ByteBuffer.wrap(packet)));
      Recorder.Packet got = right.next();
      int start = IpPackets.headLength(to) == 20 ? 12 : 0; // what the kernel fills in lies before
      assertArrayEquals(Arrays.copyOfRange(packet, start, packet.length), Arrays.copyOfRange(got.data(), start, got.data().length));
      Long sentNs = left.sendTimes.get(i);
      assertNotNull(sentNs, "the device told no time within the flush");
      assertTrue(sentNs > last && got.timeNs() >= sentNs, sentNs + " " + got.timeNs());
      assertTrue(got.timeNs() > last && got.timeNs() <= nowNs(), "received at " + got.timeNs());
      last = got.timeNs();
    }
    assertTrue(right.completions.get() > 0);
    assertTrue(left.packets.isEmpty() && left.faults.isEmpty() && right.faults.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldSendManyWithOneFlushInOrder(String family) throws Exception {
    InetAddress from = host(family, "a");
    InetAddress to = host(family, "b");
    RawTransportSocket sender = open(a, from, left);
    RawTransportSocket receiver = open(b, to, right);
    b.run(() -> receiver.capture(UDP_ONLY));
    int count = 3_000;
    for (int round = 0; round < 2; round++) {
      ByteBuffer[] packets = new ByteBuffer[count];
      for (int i = 0; i < count; i++) {
        packets[i] = IpPackets.udp(from, to, i, 200 + i % 1_000);
      }
      assertTrue(send(a, sender, packets));
      long last = 0;
      for (int i = 0; i < count; i++) {
        Recorder.Packet got = right.next();
        assertEquals(i, IpPackets.number(got.data()));
        assertEquals(200 + i % 1_000, got.data().length);
        assertTrue(got.timeNs() >= last, "received times run backwards");
        last = got.timeNs();
      }
      assertEquals(count * (round + 1), left.sendTimes.size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldSeeTheAnswersOfAKernel(String family) throws Exception {
    InetAddress from = host(family, "a");
    InetAddress to = host(family, "b");
    RawTransportSocket socket = open(a, from, left);
    int type = IpPackets.headLength(to);
    int reply = type == 20 ? 0 : 129;
    a.run(() -> socket.capture((packet, offset, length) -> (packet.get(offset + type) & 0xFF) == reply ? length : 0));
    InetAddress given = type == 20 ? Namespaces.address("0.0.0.0") : from; // the kernel fills in an IPv4 source
    for (int i = 1; i <= 3; i++) {
      assertTrue(send(a, socket, IpPackets.echo(given, to, i, type + 64)));
      Recorder.Packet got = left.next();
      assertEquals(i, got.data()[type + 7]);
      assertEquals(type + 64, got.data().length);
      assertTrue(got.timeNs() >= left.sendTimes.get(i - 1));
    }
  }

  @Test
  void shouldReachLinkLocalNeighbours() throws Exception {
    InetAddress from = namespaces.linkLocal("a");
    InetAddress to = namespaces.linkLocal("b");
    RawTransportSocket socket = open(a, from, left);
    a.run(() -> socket.capture((packet, offset, length) -> (packet.get(offset + 40) & 0xFF) == 129 ? length : 0));
    assertTrue(send(a, socket, IpPackets.echo(from, to, 7, 80)));
    assertEquals(7, left.next().data()[47]);
  }

  @Test
  void shouldReportEachPacketOnceOnLoopback() throws Exception {
    for (String literal : List.of("127.0.0.1", "::1")) {
      Recorder events = new Recorder();
      InetAddress host = Namespaces.address(literal);
      RawTransportSocket socket = open(a, host, events);
      a.run(() -> socket.capture(UDP_ONLY));
      for (int i = 0; i < 20; i++) {
        assertTrue(send(a, socket, IpPackets.udp(host, host, i, 100)));
      }
      for (int i = 0; i < 20; i++) {
        assertEquals(i, IpPackets.number(events.next().data()));
      }
      assertTrue(events.packets.isEmpty(), "a packet came twice");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldRejectSinglePacketsAndSendTheOthers(String family) throws Exception {
    InetAddress from = host(family, "a");
    InetAddress to = host(family, "b");
    RawTransportSocket sender = open(a, from, left);
    RawTransportSocket receiver = open(b, to, right);
    b.run(() -> receiver.capture(UDP_ONLY));
    int head = IpPackets.headLength(to);
    ByteBuffer other = IpPackets.udp(from, to, 0, 100);
    other.put(0, (byte) (head == 20 ? 0x65 : 0x45));
    assertTrue(
        send(
            a,
            sender,
            IpPackets.udp(from, to, 100, 100),
            IpPackets.udp(from, to, 101, 1501),
            IpPackets.udp(from, to, 102, 100),
            ByteBuffer.allocate(head - 1).put(0, (byte) (head == 20 ? 0x45 : 0x60)),
            ByteBuffer.allocate(0),
            other,
            IpPackets.udp(from, to, 106, 100),
            IpPackets.udp(from, to, 107, 65_535),
            ByteBuffer.allocate(65_536),
            IpPackets.udp(from, to, 109, 1500)));
    for (int number : new int[] {100, 102, 106, 109}) {
      assertEquals(number, IpPackets.number(right.next().data()));
      assertTrue(left.sendTimes.containsKey(number - 100), "the time of packet " + number + " went to another");
    }
    assertEquals(4, left.sendTimes.size());
    assertEquals(
        List.of(
            new Recorder.Fault(1, SocketFailure.TOO_LONG, true),
            new Recorder.Fault(3, SocketFailure.OTHER, true),
            new Recorder.Fault(4, SocketFailure.OTHER, true),
            new Recorder.Fault(5, SocketFailure.OTHER, true),
            new Recorder.Fault(7, SocketFailure.TOO_LONG, true),
            new Recorder.Fault(8, SocketFailure.TOO_LONG, true)),
        List.copyOf(left.faults));
  }

  @Test
  void shouldRejectBroadcastsAndHeadersLongerThanTheirPacket() throws Exception {
    InetAddress from = host("IPv4", "a");
    RawTransportSocket sender = open(a, from, left);
    ByteBuffer header = IpPackets.udp(from, host("IPv4", "b"), 0, 40);
    header.put(0, (byte) 0x4F);
    assertTrue(send(a, sender, IpPackets.udp(from, Namespaces.address("192.0.2.255"), 0, 100), header, IpPackets.udp(from, host("IPv4", "b"), 0, 100)));
    assertEquals(new Recorder.Fault(0, SocketFailure.DENIED, true), left.nextFault());
    assertEquals(new Recorder.Fault(1, SocketFailure.OTHER, true), left.nextFault());
    assertEquals(Set.of(2), left.sendTimes.keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldFailWithoutARouteAfterTheCall(String family) throws Exception {
    InetAddress from = host(family, "a");
    RawTransportSocket sender = open(a, from, left);
    InetAddress nowhere = Namespaces.address(family.equals("IPv4") ? "198.51.100.1" : "2001:db8:1::1");
    a.run(
        () -> {
          sender.offer(IpPackets.udp(from, nowhere, 0, 100), null);
          assertFalse(sender.flush());
          assertTrue(left.faults.isEmpty(), "the failure was told within the call");
        });
    assertEquals(new Recorder.Fault(-1, SocketFailure.UNREACHABLE, true), left.nextFault());
    assertFalse(send(a, sender, IpPackets.udp(from, host(family, "b"), 0, 100)));
    await("its thread went on", () -> threads().isEmpty());
  }

  @Test
  void shouldCutWhatTheFilterCuts() throws Exception {
    InetAddress from = host("IPv4", "a");
    InetAddress to = host("IPv4", "b");
    RawTransportSocket sender = open(a, from, left);
    RawTransportSocket receiver = open(b, to, right);
    int[] keeps = {1, 20, 99, 100, 101, Integer.MAX_VALUE};
    b.run(
        () -> receiver.capture((packet, offset, length) -> IpPackets.protocol(packet, offset) == IpPackets.UDP ? keeps[packet.getInt(offset + 28)] : 0));
    for (int i = 0; i < keeps.length; i++) {
      send(a, sender, IpPackets.udp(from, to, i, 100));
      assertEquals(Math.min(100, keeps[i]), right.next().data().length);
    }
    assertEquals(0, right.dropped.get());
  }

  @Test
  void shouldThrowAwayWhatANewFilterFindsAndStop() throws Exception {
    InetAddress from = host("IPv4", "a");
    InetAddress to = host("IPv4", "b");
    RawTransportSocket sender = open(a, from, left);
    RawTransportSocket receiver = open(b, to, right);
    send(a, sender, IpPackets.udp(from, to, 1, 100));
    b.run(
        () -> { // all of it while the loop takes nothing
          receiver.capture(UDP_ONLY);
          sendFromA(sender, IpPackets.udp(from, to, 2, 100));
          receiver.capture(UDP_ONLY);
          sendFromA(sender, IpPackets.udp(from, to, 3, 100));
          receiver.capture(null);
          sendFromA(sender, IpPackets.udp(from, to, 4, 100));
          receiver.capture(UDP_ONLY);
          sendFromA(sender, IpPackets.udp(from, to, 5, 100));
        });
    assertEquals(5, IpPackets.number(right.next().data()));
    b.run(() -> receiver.capture(null));
    send(a, sender, IpPackets.udp(from, to, 6, 100));
    b.run(() -> receiver.capture(UDP_ONLY));
    send(a, sender, IpPackets.udp(from, to, 7, 100));
    assertEquals(7, IpPackets.number(right.next().data()));
    assertTrue(right.packets.isEmpty());
  }

  private void sendFromA(RawTransportSocket sender, ByteBuffer packet) {
    try {
      send(a, sender, packet);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4_096, 16 << 20})
  void shouldCountExactlyWhatItDropsInAFlood(int kernelBuffer) throws Exception {
    Transport narrow = transport(0, kernelBuffer);
    InetAddress host = Namespaces.address("127.0.0.1"); // nobody else sends there, and nobody answers an echo reply
    RawTransportSocket sender = open(a, host, left);
    Namespaces.Loop other = namespaces.loop("a");
    RawTransportSocket receiver = open(narrow, other, host, right);
    right.keepsPackets = false;
    right.hook = () -> LockSupport.parkNanos(20_000);
    other.run(() -> receiver.capture((packet, offset, length) -> length));
    int count = 20_000;
    long lostBefore = lostByTheSystem();
    for (int done = 0; done < count; done += 100) {
      ByteBuffer[] packets = new ByteBuffer[100];
      Arrays.setAll(packets, i -> IpPackets.echo(host, host, i, 300).put(20, (byte) 0));
      assertTrue(send(a, sender, packets));
    }
    await("delivered " + right.delivered + " and dropped " + right.dropped, () -> right.delivered.get() + right.dropped.get() + lostByTheSystem() - lostBefore >= count);
    other.run(() -> {});
    long told = right.delivered.get() + right.dropped.get();
    long lost = lostByTheSystem() - lostBefore; // 0 unless the machine is very busy
    assertTrue(told <= count && told >= count - lost, "told of " + told + " of " + count + " packets, of which the system lost at most " + lost);
    assertTrue(right.dropped.get() > 0 && right.delivered.get() > 0, "delivered " + right.delivered + " and dropped " + right.dropped);
    withdraw(narrow);
  }

  @Test
  void shouldFinishLaterWhenTheDeviceIsSlow() throws Exception {
    InetAddress from = host("IPv4", "a");
    InetAddress to = host("IPv4", "b");
    Transport narrow = transport(0, 20_000);
    RawTransportSocket sender = open(narrow, a, from, left);
    RawTransportSocket receiver = open(b, to, right);
    b.run(() -> receiver.capture(UDP_ONLY));
    // While the kernel asks for the link address of a neighbour it keeps few packets, and throws the others away.
    assertTrue(send(a, sender, IpPackets.udp(from, to, 0, 100)));
    right.next();
    namespaces.in("a", "tc", "qdisc", "add", "dev", namespaces.device("a"), "root", "tbf", "rate", "40mbit", "burst", "3000", "limit", "2000000");
    try {
      int count = 1_000; // more than fits the least buffer
      ByteBuffer[] packets = new ByteBuffer[count];
      Arrays.setAll(packets, i -> IpPackets.udp(from, to, i, 1_000));
      assertFalse(send(a, sender, packets), "the system took all at once");
      for (int i = 0; i < count; i++) {
        assertEquals(i, IpPackets.number(right.next().data()));
      }
      assertNotNull(left.flushes.poll(Namespaces.SECONDS, TimeUnit.SECONDS));
      await("times of packets that leave later are missing", () -> left.sendTimes.size() == 1 + count);
      for (int i = 1; i < left.sendTimes.size(); i++) {
        assertTrue(left.sendTimes.get(i) > left.sendTimes.get(i - 1));
      }
      assertTrue(left.flushes.isEmpty());
    } finally {
      namespaces.in("a", "tc", "qdisc", "del", "dev", namespaces.device("a"), "root");
      withdraw(narrow);
    }
  }

  @Test
  void shouldRefuseAddressesOfOthers() {
    for (String literal : List.of("198.51.100.7", "2001:db8:5::1", "0.0.0.0", "::", "192.0.2.2")) {
      OpenFailedException refused = assertThrows(OpenFailedException.class, () -> open(a, Namespaces.address(literal), left));
      assertEquals(Reason.NO_ADDRESS, refused.reason(), literal);
    }
  }

  @Test
  void shouldSayThatItLacksThePrivilege() throws Exception {
    a.dropPrivileges();
    long before = openDescriptors();
    for (int i = 0; i < 10; i++) {
      assertEquals(Reason.DENIED, assertThrows(OpenFailedException.class, () -> open(a, host("IPv4", "a"), left)).reason());
    }
    await("descriptors were left open", () -> openDescriptors() <= before);
  }

  @Test
  void shouldEndItsSocketsWhenItGoes() throws Exception {
    RawTransportSocket one = open(a, host("IPv4", "a"), left);
    RawTransportSocket two = open(b, host("IPv6", "b"), right);
    b.run(() -> two.capture(UDP_ONLY));
    withdraw(transport);
    assertEquals(List.of(new Recorder.Fault(-1, SocketFailure.WITHDRAWN, false)), List.copyOf(left.faults));
    assertEquals(List.of(new Recorder.Fault(-1, SocketFailure.WITHDRAWN, false)), List.copyOf(right.faults));
    assertEquals(List.of(), threads());
    assertFalse(send(a, one, IpPackets.udp(host("IPv4", "a"), host("IPv4", "b"), 0, 100)));
    a.run(one::close);
    assertThrows(OpenFailedException.class, () -> open(a, host("IPv4", "a"), left));
    assertEquals(List.of(), threads().stream().filter(name -> name.contains("lo")).toList());
  }

  @Test
  void shouldLeaveNothingBehindWhenClosedInTheMidstOfAFlood() throws Exception {
    InetAddress from = host("IPv4", "a");
    InetAddress to = host("IPv4", "b");
    RawTransportSocket sender = open(a, from, left);
    long before = openDescriptors();
    for (int round = 0; round < 10; round++) {
      Recorder events = new Recorder();
      RawTransportSocket receiver = open(b, to, events);
      long[] seen = new long[1];
      events.hook =
          () -> {
            if (++seen[0] == 5) {
              receiver.close();
            }
          };
      b.run(() -> receiver.capture(UDP_ONLY));
      ByteBuffer[] packets = new ByteBuffer[500];
      Arrays.setAll(packets, i -> IpPackets.udp(from, to, i, 100));
      send(a, sender, packets);
      await("nothing came", () -> events.delivered.get() >= 5);
      b.run(receiver::close);
      assertEquals(5, events.delivered.get(), "an event followed the close");
    }
    await("threads were left", () -> threads().size() == 1);
    await("descriptors were left open", () -> openDescriptors() <= before);
  }

  @Test
  void shouldEndWithALoopThatEnds() throws Exception {
    Namespaces.Loop brief = namespaces.loop("b");
    RawTransportSocket receiver = open(brief, host("IPv4", "b"), right);
    RawTransportSocket sender = open(a, host("IPv4", "a"), left);
    brief.run(() -> receiver.capture(UDP_ONLY));
    brief.executor().shutdownNow();
    send(a, sender, IpPackets.udp(host("IPv4", "a"), host("IPv4", "b"), 0, 100));
    withdraw(transport);
    assertEquals(List.of(), threads());
  }

  @Test
  void shouldFailWhenAFilterFails() throws Exception {
    RawTransportSocket receiver = open(b, host("IPv4", "b"), right);
    RawTransportSocket sender = open(a, host("IPv4", "a"), left);
    b.run(
        () ->
            receiver.capture(
                (packet, offset, length) -> {
                  throw new IllegalStateException("deliberate");
                }));
    send(a, sender, IpPackets.udp(host("IPv4", "a"), host("IPv4", "b"), 0, 100));
    assertEquals(new Recorder.Fault(-1, SocketFailure.OTHER, false), right.nextFault());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldTellTheTimesOfThosePacketsOnlyThatAreTimed(String family) throws Exception {
    InetAddress from = host(family, "a");
    InetAddress to = host(family, "b");
    RawTransportSocket sender = open(a, from, left);
    a.run(
        () -> {
          for (int i = 0; i < 200; i++) {
            if (i % 3 == 0) {
              sender.offer(IpPackets.udp(from, to, i, 100), null);
            } else {
              sender.offerUntimed(IpPackets.udp(from, to, i, i % 7 == 0 ? 2_000 : 100));
            }
          }
          assertTrue(sender.flush());
        });
    assertEquals(IntStream.range(0, 200).filter(i -> i % 3 == 0).boxed().collect(Collectors.toSet()), left.sendTimes.keySet());
    assertEquals(IntStream.range(0, 200).filter(i -> i % 3 != 0 && i % 7 == 0).boxed().toList(), left.faults.stream().map(Recorder.Fault::number).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldAskTheKernelForSomeTimesOfABurstAndReckonTheOthers(String family) throws Exception {
    InetAddress from = host(family, "a");
    InetAddress to = host(family, "b");
    RawTransportSocket sender = open(a, from, left);
    int count = 203;
    int refused = 100;
    a.run(
        () -> {
          for (int i = 0; i < count; i++) {
            sender.offer(IpPackets.udp(from, to, i, i == refused ? 2_000 : 100), null);
          }
          assertTrue(sender.flush());
          sender.offer(IpPackets.udp(from, to, count, 100), null);
          assertTrue(sender.flush());
        });
    await("times of the burst are missing", () -> left.sendTimes.containsKey(count));
    // Around the one that was refused nothing is reckoned: it may be that nobody knows when its neighbours left.
    Set<Integer> asked = IntStream.rangeClosed(0, count).filter(i -> i % 8 == 0 || i == count - 1 || i == count).boxed().collect(Collectors.toSet());
    assertEquals(asked, left.toldByKernel);
    Set<Integer> unknown = IntStream.range(97, 104).boxed().collect(Collectors.toSet());
    assertEquals(IntStream.rangeClosed(0, count).filter(i -> !unknown.contains(i)).boxed().collect(Collectors.toSet()), left.sendTimes.keySet());
    long before = 0;
    for (int i = 0; i <= count; i++) {
      if (!unknown.contains(i)) {
        assertTrue(left.sendTimes.get(i) >= before, "packet " + i + " left before one that was before it");
        before = left.sendTimes.get(i);
      }
    }
  }
}
