package org.pktlab.transport.rig;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketFailure;

/** What goes wrong with interfaces, routes and packets is told, in every raw transport. */
public abstract class RawFaultsContract extends RawTransportRig {
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int MARK = 0x5A;
  private static final String SPARE = "spare";
  private static final String NEAR_4 = "203.0.113.1";
  private static final String NEAR_6 = "2001:db8:9::1";
  private static final String FAR_4 = "203.0.113.2";
  private static final String FAR_6 = "2001:db8:9::2";

  /** Joins the namespaces with one more pair of devices, which a test may break. */
  private void spare() throws Exception {
    namespaces.join("a", "b", SPARE);
    addresses("a", NEAR_4, NEAR_6);
    addresses("b", FAR_4, FAR_6);
    namespaces.in("a", "ping", "-4", "-c", "1", "-W", "5", FAR_4);
    namespaces.in("a", "ping", "-6", "-c", "1", "-W", "5", FAR_6);
  }

  private static void addresses(String name, String ipv4, String ipv6) throws Exception {
    namespaces.in(name, "ip", "address", "add", ipv4 + "/24", "dev", SPARE);
    namespaces.in(name, "ip", "address", "add", ipv6 + "/64", "dev", SPARE, "nodad");
  }

  @AfterEach
  void removeSpare() throws Exception {
    namespaces.in("a", "sh", "-c", "ip link del " + SPARE + " 2>/dev/null; true");
  }

  private static InetAddress near(String family) {
    return Namespaces.address(family.equals("IPv4") ? NEAR_4 : NEAR_6);
  }

  private static InetAddress far(String family) {
    return Namespaces.address(family.equals("IPv4") ? FAR_4 : FAR_6);
  }

  @Test
  void shouldTellThatTheInterfaceWentAway() throws Exception {
    spare();
    RawTransportSocket other = open(a, host("IPv4", "a"), right);
    RawTransportSocket socket = open(a, near("IPv4"), left);
    a.run(() -> other.capture(UDP_ONLY));
    a.run(() -> socket.capture(UDP_ONLY));
    namespaces.in("a", "ip", "link", "del", SPARE);
    assertEquals(new Recorder.Fault(-1, SocketFailure.UNREACHABLE, false), left.nextFault());
    assertTrue(right.faults.isEmpty(), "a socket of another interface failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldTellACapturingSocketThatTheInterfaceWentDown(String family) throws Exception {
    spare();
    RawTransportSocket other = open(a, host(family, "a"), right);
    RawTransportSocket socket = open(a, near(family), left);
    a.run(() -> other.capture(UDP_ONLY));
    a.run(() -> socket.capture(UDP_ONLY));
    namespaces.in("a", "ip", "link", "set", SPARE, "down");
    assertEquals(new Recorder.Fault(-1, SocketFailure.UNREACHABLE, false), left.nextFault());
    assertTrue(right.faults.isEmpty(), "a socket of another interface failed");
    a.run(() -> assertFalse(socket.flush()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldTellASendingSocketThatTheInterfaceWentDown(String family) throws Exception {
    spare();
    RawTransportSocket socket = open(a, near(family), left);
    assertTrue(send(a, socket, IpPackets.udp(near(family), far(family), 0, 100)));
    namespaces.in("a", "ip", "link", "set", SPARE, "down");
    assertFalse(send(a, socket, IpPackets.udp(near(family), far(family), 1, 100)));
    Recorder.Fault fault = left.nextFault();
    assertEquals(SocketFailure.UNREACHABLE, fault.failure());
    assertEquals(-1, fault.number());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldTellThatTheAddressIsGone(String family) throws Exception {
    spare();
    RawTransportSocket socket = open(a, near(family), left);
    a.run(() -> socket.capture(UDP_ONLY));
    namespaces.in("a", "ip", "address", "del", near(family).getHostAddress() + (family.equals("IPv4") ? "/24" : "/64"), "dev", SPARE);
    assertEquals(new Recorder.Fault(-1, SocketFailure.UNREACHABLE, false), left.nextFault());
    assertFalse(send(a, socket, IpPackets.udp(near(family), far(family), 0, 100)));
    assertTrue(left.faults.isEmpty());
  }

  @Test
  void shouldTellASenderThatTheAddressIsGone() throws Exception {
    spare();
    RawTransportSocket socket = open(a, near("IPv4"), left);
    namespaces.in("a", "ip", "address", "del", NEAR_4 + "/24", "dev", SPARE);
    namespaces.in("a", "ip", "address", "add", "203.0.113.77/24", "dev", SPARE); // so that there still is a route
    long deadline = System.nanoTime() + Namespaces.SECONDS * 1_000_000_000;
    while (left.faults.isEmpty()) {
      send(a, socket, IpPackets.udp(near("IPv4"), far("IPv4"), 0, 100));
      assertTrue(System.nanoTime() - deadline < 0, "packets went on leaving with an address that is not ours");
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertEquals(SocketFailure.UNREACHABLE, left.nextFault().failure());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldRejectWhatTheLinkTakesNoMore(String family) throws Exception {
    spare();
    RawTransportSocket socket = open(a, near(family), left);
    RawTransportSocket receiver = open(b, far(family), right);
    b.run(() -> receiver.capture(UDP_ONLY));
    assertTrue(send(a, socket, IpPackets.udp(near(family), far(family), 0, 1_500)));
    namespaces.in("a", "ip", "link", "set", SPARE, "mtu", "1400");
    assertTrue(
        send(
            a,
            socket,
            IpPackets.udp(near(family), far(family), 1, 1_401),
            IpPackets.udp(near(family), far(family), 2, 1_400),
            IpPackets.udp(near(family), far(family), 3, 1_500)));
    namespaces.in("a", "ip", "link", "set", SPARE, "mtu", "1500");
    assertTrue(send(a, socket, IpPackets.udp(near(family), far(family), 4, 1_500)));
    for (int number : new int[] {0, 2, 4}) {
      assertEquals(number, IpPackets.number(right.next().data()));
    }
    assertEquals(
        List.of(new Recorder.Fault(1, SocketFailure.TOO_LONG, true), new Recorder.Fault(3, SocketFailure.TOO_LONG, true)), List.copyOf(left.faults));
    assertEquals(3, left.sendTimes.size());
  }

  private Frames frames() throws Exception {
    String address = namespaces.in("b", "cat", "/sys/class/net/" + SPARE + "/address").trim();
    return a.on(() -> new Frames(SPARE, address));
  }

  @Test
  void shouldCaptureWhateverArrivesWithTheLengthItReallyHas() throws Exception {
    spare();
    RawTransportSocket receiver = open(b, far("IPv4"), right);
    b.run(() -> receiver.capture((packet, offset, length) -> length < 2 || packet.get(offset + 1) == MARK ? Integer.MAX_VALUE : 0));
    ByteBuffer[] lying = {
      ByteBuffer.allocate(0),
      ByteBuffer.allocate(1).put(0, (byte) 0x45),
      IpPackets.udp(near("IPv4"), far("IPv4"), 1, 60).putShort(2, (short) 65_535), // says more than it has
      IpPackets.udp(near("IPv4"), far("IPv4"), 2, 60).putShort(2, (short) 20), // says less
      IpPackets.udp(near("IPv4"), far("IPv4"), 3, 60).putShort(2, (short) 0),
      IpPackets.udp(near("IPv4"), far("IPv4"), 4, 60).put(0, (byte) 0x4F).limit(24), // a header longer than the packet
      IpPackets.udp(near("IPv4"), far("IPv4"), 5, 60).putShort(24, (short) 60_000), // a UDP length beyond the packet
      ByteBuffer.allocate(2).put(0, (byte) 0xFF)
    };
    try (Frames frames = frames()) {
      for (ByteBuffer packet : lying) {
        if (packet.remaining() > 1) {
          packet.put(1, (byte) MARK);
        }
        a.run(() -> frames.send(IPV4, packet));
        byte[] octets = new byte[packet.remaining()];
        packet.get(octets);
        assertArrayEquals(octets, right.next().data());
      }
      ByteBuffer packet = IpPackets.udp(near("IPv6"), far("IPv6"), 6, 80).putShort(4, (short) 65_535).put(1, (byte) MARK);
      a.run(() -> frames.send(IPV6, packet));
      assertArrayEquals(packet.array(), right.next().data());
    }
    assertTrue(right.faults.isEmpty() && right.dropped.get() == 0);
  }

  @Test
  void shouldSendAndCaptureTheLongestPackets() throws Exception {
    spare();
    for (String name : List.of("a", "b")) {
      namespaces.in(name, "ip", "link", "set", SPARE, "mtu", "65535");
    }
    RawTransportSocket sender = open(a, near("IPv4"), left);
    RawTransportSocket receiver = open(b, far("IPv4"), right);
    b.run(() -> receiver.capture(UDP_ONLY));
    for (int length : new int[] {9_000, 65_534, 65_535}) {
      ByteBuffer packet = IpPackets.udp(near("IPv4"), far("IPv4"), length, length);
      packet.put(length - 1, (byte) MARK);
      assertTrue(send(a, sender, packet));
      byte[] got = right.next().data();
      assertEquals(length, got.length);
      assertEquals(MARK, got[length - 1]);
    }
    assertTrue(left.faults.isEmpty() && right.faults.isEmpty() && right.dropped.get() == 0);
  }

  @Test
  void shouldLetPayloadLengthsLie() throws Exception {
    spare();
    RawTransportSocket sender = open(a, near("IPv6"), left);
    RawTransportSocket receiver = open(b, far("IPv6"), right);
    b.run(() -> receiver.capture(UDP_ONLY));
    for (int said : new int[] {0, 1, 60, 65_535}) {
      ByteBuffer packet = IpPackets.udp(near("IPv6"), far("IPv6"), said, 100).putShort(4, (short) said);
      assertTrue(send(a, sender, packet));
      assertArrayEquals(packet.array(), right.next().data());
    }
    assertTrue(left.faults.isEmpty());
  }
}
