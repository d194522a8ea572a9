package org.pktlab.transport.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketFailure;

/** Ways that packets of every raw transport take, and what it can do with which rights. Namespace c lies behind b. */
public abstract class RawRoutesContract extends RawTransportRig {
  private static final String MIDDLE_4 = "198.51.100.1";
  private static final String MIDDLE_6 = "2001:db8:2::1";
  private static final String BEYOND_4 = "198.51.100.2";
  private static final String BEYOND_6 = "2001:db8:2::2";

  @BeforeAll
  static void layRoute() throws Exception {
    namespaces.add("c");
    namespaces.join("b", "c", "far");
    namespaces.in("b", "ip", "address", "add", MIDDLE_4 + "/24", "dev", "far");
    namespaces.in("b", "ip", "address", "add", MIDDLE_6 + "/64", "dev", "far", "nodad");
    namespaces.in("c", "ip", "address", "add", BEYOND_4 + "/24", "dev", "far");
    namespaces.in("c", "ip", "address", "add", BEYOND_6 + "/64", "dev", "far", "nodad");
    namespaces.in("b", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
    namespaces.in("a", "ip", "route", "add", "198.51.100.0/24", "via", Namespaces.address4("b"));
    namespaces.in("a", "ip", "-6", "route", "add", "2001:db8:2::/64", "via", Namespaces.address6("b"));
    namespaces.in("c", "ip", "route", "add", "default", "via", MIDDLE_4);
    namespaces.in("c", "ip", "-6", "route", "add", "default", "via", MIDDLE_6);
    namespaces.in("a", "ping", "-4", "-c", "1", "-W", "5", BEYOND_4);
    namespaces.in("a", "ping", "-6", "-c", "1", "-W", "5", BEYOND_6);
  }

  private static InetAddress beyond(String family) {
    return Namespaces.address(family.equals("IPv4") ? BEYOND_4 : BEYOND_6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4", "IPv6"})
  void shouldReachHostsBehindARouter(String family) throws Exception {
    InetAddress from = host(family, "a");
    int head = IpPackets.headLength(from);
    RawTransportSocket socket = open(a, from, left);
    a.run(() -> socket.capture((packet, offset, length) -> isOfEcho(packet, offset, head) ? length : 0));
    assertTrue(send(a, socket, IpPackets.echo(from, beyond(family), 7, 100)));
    byte[] answer = left.next().data();
    assertEquals(head == 20 ? 0 : (byte) 129, answer[head]);
    assertEquals(7, answer[head + 7]);
    assertEquals(63, answer[head == 20 ? 8 : 7], "hops left");
    // The router itself answers to a packet whose hops end there.
    assertTrue(send(a, socket, IpPackets.echo(from, beyond(family), 8, 100).put(head == 20 ? 8 : 7, (byte) 1)));
    assertEquals(head == 20 ? 11 : 3, left.next().data()[head]);
  }

  /** ICMP, but not neighbour discovery. */
  private static boolean isOfEcho(ByteBuffer packet, int offset, int head) {
    int type = packet.get(offset + head) & 0xff;
    return IpPackets.protocol(packet, offset) == (head == 20 ? 1 : 58) && type != 135 && type != 136;
  }

  @Test
  void shouldGoOnWithTheNewAddressAfterAChange() throws Exception {
    namespaces.join("a", "b", "moving");
    namespaces.in("b", "ip", "address", "add", "203.0.113.2/24", "dev", "moving");
    InetAddress peer = Namespaces.address("203.0.113.2");
    for (String literal : List.of("203.0.113.1", "203.0.113.3")) {
      namespaces.in("a", "ip", "address", "add", literal + "/24", "dev", "moving");
      Recorder events = new Recorder();
      InetAddress from = Namespaces.address(literal);
      RawTransportSocket socket = open(a, from, events);
      a.run(() -> socket.capture((packet, offset, length) -> IpPackets.protocol(packet, offset) == 1 ? length : 0));
      assertTrue(send(a, socket, IpPackets.echo(from, peer, 1, 100)));
      assertEquals(0, events.next().data()[20]);
      namespaces.in("a", "ip", "address", "del", literal + "/24", "dev", "moving");
      assertEquals(SocketFailure.UNREACHABLE, events.nextFault().failure());
      assertEquals(Reason.NO_ADDRESS, assertThrows(OpenFailedException.class, () -> open(a, from, events)).reason());
    }
    namespaces.in("a", "ip", "link", "del", "moving");
  }

  @Test
  void shouldFailWhenTheRouteGoes() throws Exception {
    InetAddress from = host("IPv4", "a");
    RawTransportSocket socket = open(a, from, left);
    assertTrue(send(a, socket, IpPackets.udp(from, beyond("IPv4"), 0, 100)));
    namespaces.in("a", "ip", "route", "del", "198.51.100.0/24");
    try {
      send(a, socket, IpPackets.udp(from, beyond("IPv4"), 1, 100));
      assertEquals(new Recorder.Fault(-1, SocketFailure.UNREACHABLE, true), left.nextFault());
    } finally {
      namespaces.in("a", "ip", "route", "add", "198.51.100.0/24", "via", Namespaces.address4("b"));
    }
  }

  /** The main class of a process with few rights; it is given the addresses to send from and to, and is a {@link RawProbe}. */
  protected abstract Class<?> probe();

  private String probe(String rights) throws Exception {
    List<String> prefix = namespaces.inside("a", ("setpriv --reuid 65534 --regid 65534 --clear-groups " + rights).split(" "));
    try (ChildJvm child = new ChildJvm(prefix, probe().getName(), Namespaces.address4("a"), Namespaces.address4("b"))) {
      return child.awaitLine("RAW ").substring(4);
    }
  }

  @Test
  void shouldNeedOneRightOnly() throws Exception {
    assertEquals("echoed", probe("--inh-caps -all,+net_raw --ambient-caps -all,+net_raw --bounding-set -all,+net_raw"));
  }

  @Test
  void shouldBeDeniedWithoutRights() throws Exception {
    assertEquals("DENIED", probe("--inh-caps -all --ambient-caps -all --bounding-set -all"));
  }
}
