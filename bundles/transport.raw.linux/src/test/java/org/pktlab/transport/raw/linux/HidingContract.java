package org.pktlab.transport.raw.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.CaptureFilter;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.Transport;
import org.pktlab.transport.rig.ChildJvm;
import org.pktlab.transport.rig.IpPackets;
import org.pktlab.transport.rig.Namespaces;
import org.pktlab.transport.rig.RawTransportRig;
import org.pktlab.transport.rig.Recorder;

/** What every way to hide packets from the host has to do, told by the host's own counters and answers. Namespace b asks, namespace a hides. */
abstract class HidingContract extends RawTransportRig {
  static final int ICMP = 1;
  private static final int ICMP6 = 58;
  private static final int ECHO6 = 128;
  private static final CaptureFilter ICMP_ONLY = (packet, offset, length) -> IpPackets.protocol(packet, offset) == ICMP ? length : 0;

  private final Hiding.Way way;

  HidingContract(Hiding.Way way) {
    this.way = way;
  }

  @Override
  protected Transport transport(int ringOctets, int kernelBufferOctets) {
    return Transports.open(ringOctets, kernelBufferOctets, way);
  }

  /** The main class of a program that calls {@link #hideIcmp} in the same way. */
  abstract Class<?> child();

  @Override
  protected void withdraw(Transport transport) {
    Transports.close(transport);
  }

  /** Keeps IPv4 packets of a protocol whose 16 bits at a place are at least a number. */
  static EbpfProgram ipv4(int protocol, int at, int least) {
    return EbpfProgram.of(
        List.of(
            code(0xbf, 6, 1, 0, 0),
            code(0x30, 0, 0, 0, 0), // version
            code(0x77, 0, 0, 0, 4),
            code(0x55, 0, 0, 6, 4),
            code(0x30, 0, 0, 0, 9), // protocol
            code(0x55, 0, 0, 4, protocol),
            code(0x28, 0, 0, 0, at),
            code(0xa5, 0, 0, 2, least),
            code(0x61, 0, 6, 0, 0), // all of it
            code(0x95, 0, 0, 0, 0),
            code(0xb7, 0, 0, 0, 0),
            code(0x95, 0, 0, 0, 0)));
  }

  static EbpfInstruction code(int opcode, int dst, int src, int offset, int imm) {
    return new EbpfInstruction(opcode, dst, src, (short) offset, imm);
  }

  static long counter(String name) throws Exception {
    String[] lines = namespaces.in("a", "nstat", "-asz", name).split("\n");
    return Long.parseLong(lines[lines.length - 1].trim().split(" +")[1]);
  }

  /** How many of some echo requests to namespace a are answered. */
  static int answers(int count) throws Exception {
    return answers("-4", count, Namespaces.address4("a"));
  }

  static int answers(String option, int count, String address) throws Exception {
    String output = namespaces.in("b", "sh", "-c", "ping " + option + " -c " + count + " -i 0.05 -W 1 " + address + "; true");
    return Integer.parseInt(output.replaceAll("(?s).* (\\d+) received.*", "$1"));
  }

  @Test
  void shouldHideWhatTheProgramMatchesAndNothingElse() throws Exception {
    InetAddress asker = host("IPv4", "b");
    InetAddress host = host("IPv4", "a");
    RawTransportSocket socket = open(a, host, left);
    RawTransportSocket asking = open(b, asker, right);
    a.run(() -> socket.capture(ICMP_ONLY));
    b.run(() -> asking.capture((packet, offset, length) -> IpPackets.protocol(packet, offset) == ICMP ? length : 0));
    a.on(() -> hide(socket, ipv4(ICMP, 26, 100))); // sequence numbers from 100 on
    long before = counter("IcmpInMsgs");
    for (int i = 0; i < 200; i++) {
      send(b, asking, IpPackets.echo(asker, host, i, 84));
    }
    for (int i = 0; i < 200; i++) {
      assertEquals(i, left.next().data()[27] & 0xff, "captured in order, hidden or not");
    }
    for (int i = 0; i < 100; i++) {
      assertEquals(i, right.next().data()[27], "answered as ever");
    }
    assertEquals(100, counter("IcmpInMsgs") - before);
    assertEquals(200, left.delivered.get());
    assertTrue(right.packets.isEmpty(), "the host answered a packet that it was not to see");
    assertEquals(3, answers("-6", 3, Namespaces.address6("a")));
    try (DatagramSocket udp = a.on(() -> new DatagramSocket(new InetSocketAddress(host, IpPackets.PORT)))) {
      udp.setSoTimeout(10_000);
      for (int i = 0; i < 50; i++) {
        send(b, asking, IpPackets.udp(asker, host, i, 100));
        DatagramPacket got = new DatagramPacket(new byte[200], 200);
        udp.receive(got);
        assertEquals(i, got.getData()[3]);
      }
    }
  }

  @Test
  void shouldHideIpv6AsWell() throws Exception {
    RawTransportSocket socket = open(a, host("IPv6", "a"), left);
    a.run(() -> socket.capture((packet, offset, length) -> isEcho6(packet.get(offset) >> 4, packet.get(offset + 6), packet.get(offset + 40)) ? length : 0));
    EbpfProgram echo6 =
        EbpfProgram.of(
            List.of(
                code(0xbf, 6, 1, 0, 0),
                code(0x30, 0, 0, 0, 0), // version
                code(0x77, 0, 0, 0, 4),
                code(0x55, 0, 0, 6, 6),
                code(0x30, 0, 0, 0, 6), // next header
                code(0x55, 0, 0, 4, ICMP6),
                code(0x30, 0, 0, 0, 40), // type
                code(0x55, 0, 0, 2, ECHO6),
                code(0x61, 0, 6, 0, 0), // all of it
                code(0x95, 0, 0, 0, 0),
                code(0xb7, 0, 0, 0, 0),
                code(0x95, 0, 0, 0, 0)));
    a.on(() -> hide(socket, echo6));
    assertEquals(0, answers("-6", 2, Namespaces.address6("a")));
    assertEquals((byte) ECHO6, left.next().data()[40], "captured all the same");
    assertEquals(2, answers(2), "IPv4 was hidden too");
    a.on(() -> hide(socket, null));
    assertEquals(2, answers("-6", 2, Namespaces.address6("a")));
  }

  private static boolean isEcho6(int version, int next, int type) {
    return version == 6 && next == ICMP6 && (type & 0xff) == ECHO6;
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2147483647, 0", "0, 2", "-1, 2", "-2147483648, 2"})
  void shouldHideWhatIsPositiveAsANumberOf32Bits(int result, int answered) throws Exception {
    RawTransportSocket socket = open(a, host("IPv4", "a"), left);
    // All other bits of the result's register are set, which is not looked at.
    EbpfProgram icmp =
        EbpfProgram.of(
            List.of(
                code(0xbf, 6, 1, 0, 0),
                code(0x30, 0, 0, 0, 0), // version
                code(0x77, 0, 0, 0, 4),
                code(0x55, 0, 0, 7, 4),
                code(0x30, 0, 0, 0, 9), // protocol
                code(0x55, 0, 0, 5, ICMP),
                code(0xb4, 0, 0, 0, result),
                code(0x18, 1, 0, 0, 0),
                code(0, 0, 0, 0, -1),
                code(0x4f, 0, 1, 0, 0),
                code(0x95, 0, 0, 0, 0),
                code(0xb7, 0, 0, 0, 0),
                code(0x95, 0, 0, 0, 0)));
    a.on(() -> hide(socket, icmp));
    assertEquals(answered, answers(2));
  }

  @Test
  void shouldShowPacketsThatAreTooShortForTheProgram() throws Exception {
    RawTransportSocket socket = open(a, host("IPv4", "a"), left);
    List<EbpfInstruction> last = List.of(code(0xbf, 6, 1, 0, 0), code(0x30, 0, 0, 0, 83), code(0xb7, 0, 0, 0, 1), code(0x95, 0, 0, 0, 0));
    a.on(() -> hide(socket, EbpfProgram.of(last)));
    assertEquals(0, answers(1), "84 octets"); // ping's usual size
    assertEquals(2, answers("-s55", 2, Namespaces.address4("a")), "83 octets");
  }

  @Test
  void shouldLeaveOtherInterfacesAlone() throws Exception {
    namespaces.join("a", "b", "other");
    namespaces.in("a", "ip", "address", "add", "198.51.100.1/24", "dev", "other");
    namespaces.in("b", "ip", "address", "add", "198.51.100.2/24", "dev", "other");
    try {
      RawTransportSocket socket = open(a, host("IPv4", "a"), left);
      RawTransportSocket second = open(a, Namespaces.address("198.51.100.1"), right);
      a.on(() -> hide(socket, ipv4(ICMP, 0, 0)));
      assertEquals(0, answers(1));
      assertEquals(2, answers("-4", 2, "198.51.100.1"));
      a.on(() -> hide(second, ipv4(ICMP, 0, 0)));
      assertEquals(0, answers("-4", 1, "198.51.100.1"));
      a.run(socket::close);
      assertEquals(2, answers(2));
      assertEquals(0, answers("-4", 1, "198.51.100.1"), "it ended with that of another socket");
    } finally {
      namespaces.in("a", "ip", "link", "delete", "other");
    }
  }

  @Test
  void shouldSayThatTheInterfaceIsGone() throws Exception {
    Interface gone = new Interface("gone", 999, 1);
    String message = assertThrows(HidingFailedException.class, () -> a.on(() -> way.start(gone, ipv4(ICMP, 0, 0)))).getMessage();
    assertTrue(message.endsWith("gone: the interface is gone"), message);
  }

  static Void hide(RawTransportSocket socket, EbpfProgram program) throws HidingFailedException {
    socket.hide(program);
    return null;
  }

  @Test
  void shouldShowAgainWhenAskedToAndWhenClosed() throws Exception {
    RawTransportSocket socket = open(a, host("IPv4", "a"), left);
    EbpfProgram all = ipv4(ICMP, 0, 0);
    EbpfProgram none = ipv4(99, 0, 0);
    for (int round = 0; round < 2; round++) {
      a.on(() -> hide(socket, all));
      assertEquals(0, answers(2));
      a.on(() -> hide(socket, none));
      assertEquals(2, answers(2), "the program before went on");
    }
    a.on(() -> hide(socket, all));
    a.on(() -> hide(socket, null));
    assertEquals(2, answers(2));
    a.on(() -> hide(socket, all));
    long before = counter("IcmpInMsgs");
    assertEquals(0, answers(2));
    assertEquals(before, counter("IcmpInMsgs"));
    a.run(socket::close);
    assertEquals(2, answers(2));
    a.on(() -> hide(socket, all));
    assertEquals(2, answers(2), "a closed socket hid packets");
  }

  @Test
  void shouldShowAgainWhenTheTransportGoes() throws Exception {
    RawTransportSocket socket = open(a, host("IPv4", "a"), left);
    a.on(() -> hide(socket, ipv4(ICMP, 0, 0)));
    assertEquals(0, answers(1));
    withdraw(transport);
    assertEquals(2, answers(2));
  }

  @Test
  void shouldShowAgainWhenTheProcessIsKilled() throws Exception {
    try (ChildJvm child = new ChildJvm(namespaces.inside("a"), child().getName(), Namespaces.address4("a"))) {
      child.awaitLine("hiding");
      assertEquals(0, answers(2));
      child.kill();
      assertEquals(2, answers(2));
    }
  }

  /** Starts the child in namespace a, as a user without any rights but those given. */
  private ChildJvm childWith(String rights) throws Exception {
    String command = "setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all,R --ambient-caps -all,R --bounding-set -all,R".replace("R", rights);
    return new ChildJvm(namespaces.inside("a", command.split(" ")), child().getName(), Namespaces.address4("a"));
  }

  @Test
  void shouldNeedThreeRightsOnly() throws Exception {
    try (ChildJvm child = childWith("+net_raw,+net_admin,+bpf")) {
      child.awaitLine("hiding");
      assertEquals(0, answers(2));
    }
    assertEquals(2, answers(2));
  }

  @Test
  void shouldSayWhichRightsItNeedsWhenOneIsMissing() throws Exception {
    try (ChildJvm child = childWith("+net_raw,+bpf")) {
      String refusal = child.awaitLine("refused: ");
      assertTrue(refusal.contains("CAP_NET_ADMIN and CAP_BPF"), refusal);
    }
  }

  /** Hides the ICMP packets that come to an address, until the process is killed. */
  static void hideIcmp(Hiding.Way way, String address) throws Exception {
    ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    LinuxRawTransport transport = Transports.open(RING, KERNEL_BUFFER, way);
    SocketRequest request = new SocketRequest(new InetSocketAddress(InetAddress.getByName(address), 0), null, System::nanoTime);
    try {
      loop.submit(() -> hide((RawTransportSocket) transport.open(request, new Recorder(), loop), ipv4(ICMP, 0, 0))).get();
      System.out.println("hiding");
    } catch (ExecutionException e) {
      System.out.println("refused: " + e.getCause().getMessage());
      loop.shutdown(); // so that the process ends
    }
  }

  @Test
  void shouldHideOnLoopback() throws Exception {
    InetAddress host = Namespaces.address("127.0.0.1");
    RawTransportSocket socket = open(a, host, left);
    a.run(() -> socket.capture(ICMP_ONLY));
    a.on(() -> hide(socket, ipv4(ICMP, 0, 0)));
    long before = counter("IcmpInMsgs");
    send(a, socket, IpPackets.echo(host, host, 7, 84));
    assertEquals(7, left.next().data()[27]);
    a.on(() -> hide(socket, null));
    send(a, socket, IpPackets.echo(host, host, 8, 84));
    assertEquals(8, left.next().data()[27]);
    assertEquals(8, left.next().data()[27], "the answer");
    assertEquals(2, counter("IcmpInMsgs") - before);
  }

  @Test
  void shouldSayThatItLacksThePrivilege() throws Exception {
    RawTransportSocket socket = open(a, host("IPv4", "a"), left);
    a.run(() -> socket.capture(ICMP_ONLY));
    a.dropPrivileges();
    String message = assertThrows(HidingFailedException.class, () -> a.on(() -> hide(socket, ipv4(ICMP, 0, 0)))).getMessage();
    assertTrue(message.contains("CAP_NET_ADMIN and CAP_BPF"), message);
    assertEquals(2, answers(2));
    assertEquals(8, left.next().data()[20], "the capture goes on");
  }

  @Test
  void shouldLeaveNoDescriptors() throws Exception {
    RawTransportSocket socket = open(a, host("IPv4", "a"), left);
    long before = openDescriptors();
    for (int i = 0; i < 20; i++) {
      a.on(() -> hide(socket, ipv4(ICMP, 0, 0)));
      EbpfProgram wrong = EbpfProgram.of(List.of(code(0xb7, 3, 0, 0, 0), code(0x95, 0, 0, 0, 0)));
      String message = assertThrows(HidingFailedException.class, () -> a.on(() -> hide(socket, wrong))).getMessage();
      assertTrue(message.startsWith("the kernel does not load the program: "), message);
    }
    await("descriptors were left open", () -> openDescriptors() <= before);
    assertEquals(1, answers(1));
  }
}
