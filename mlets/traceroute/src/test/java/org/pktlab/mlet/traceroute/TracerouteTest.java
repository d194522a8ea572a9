package org.pktlab.mlet.traceroute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.mlet.ArgumentParser;
import org.pktlab.mlet.UsageException;
import org.pktlab.mlet.packet.AddressText;
import org.pktlab.mlet.packet.Checksum;
import org.pktlab.mlet.packet.Icmp;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.packet.IpPacket;
import org.pktlab.mlet.testing.KeptRows;
import org.pktlab.mlet.testing.ScriptedNetwork;

@Timeout(20)
class TracerouteTest {
  private static final InetAddress HERE = ip("192.0.2.7");
  private static final InetAddress HERE6 = ip("2001:db8::7");
  private static final long MS = 1_000_000L;

  private static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** A router's or host's complaint. */
  static byte[] error(byte[] probe, InetAddress from, int type, int code) {
    IpPacket request = IpPacket.of(probe, 0, probe.length);
    int header = request.version() == 4 ? 20 : 40;
    byte[] message = new byte[8 + header + 8];
    message[0] = (byte) type;
    message[1] = (byte) code;
    System.arraycopy(probe, 0, message, 8, header + 8);
    message[8 + (request.version() == 4 ? 8 : 7)] = 1;
    return transport(from, request.source(), Icmp.protocol(request.version()), message, 2);
  }

  private static byte[] transport(InetAddress from, InetAddress to, int protocol, byte[] message, int checksumAt) {
    IpHeader header = new IpHeader(from, to, protocol, 250, 0, 0, false);
    message[checksumAt] = 0;
    message[checksumAt + 1] = 0;
    int sum = Checksum.of(Checksum.add(protocol == 1 ? 0 : header.pseudoHeader(message.length), message, 0, message.length));
    message[checksumAt] = (byte) (sum >>> 8);
    message[checksumAt + 1] = (byte) sum;
    return header.packet(message);
  }

  /** What the target itself answers: an echo reply, a port unreachable or a reset. */
  static byte[] reached(byte[] probe) {
    IpPacket request = IpPacket.of(probe, 0, probe.length);
    int version = request.version();
    if (request.protocol() == IpHeader.UDP) {
      return error(probe, request.destination(), version == 4 ? 3 : 1, version == 4 ? 3 : 4);
    }
    byte[] message = Arrays.copyOfRange(probe, version == 4 ? 20 : 40, probe.length);
    if (request.protocol() == IpHeader.TCP) {
      System.arraycopy(probe, version == 4 ? 20 : 40, message, 2, 2);
      System.arraycopy(probe, version == 4 ? 22 : 42, message, 0, 2);
      int acknowledged = request.i32(4) + 1;
      for (int i = 0; i < 4; i++) {
        message[8 + i] = (byte) (acknowledged >>> 24 - 8 * i);
      }
      message[13] = 0x14;
      return transport(request.destination(), request.source(), IpHeader.TCP, message, 16);
    }
    message[0] = (byte) (version == 4 ? Icmp.ECHO_REPLY : Icmp.V6_ECHO_REPLY);
    return transport(request.destination(), request.source(), request.protocol(), message, 2);
  }

  private static InetAddress router(int version, int hop) {
    return ip(version == 4 ? "198.51.100." + hop : "2001:db8:1::" + hop);
  }

  /** A chain of routers with the target behind it. */
  private static ScriptedNetwork.Script chain(int routers) {
    return (probe, parsed, answers) -> {
      int version = parsed.version();
      boolean there = parsed.hopLimit() > routers;
      answers.after(parsed.hopLimit() * MS, there ? reached(probe)
          : error(probe, router(version, parsed.hopLimit()), version == 4 ? 11 : 3, 0));
    };
  }

  private static List<Map<String, Object>> trace(ScriptedNetwork network, String... line)
      throws IOException, InterruptedException, UsageException {
    Traceroute traceroute = new Traceroute();
    KeptRows rows = new KeptRows(traceroute.declaration());
    traceroute.run(network, ArgumentParser.parse(traceroute.declaration(), List.of(line)), rows);
    return rows.rows();
  }

  private static List<Object> column(List<Map<String, Object>> rows, String name) {
    List<Object> values = new ArrayList<>();
    rows.forEach(r -> values.add(r.get(name)));
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "icmp-paris,echo reply", "udp-paris,port unreachable", "tcp,rst", "icmp,echo reply", "udp,port unreachable"
  })
  void shouldFindTheWayWithEveryMethodAndFamily(String method, String last) throws Exception {
    for (InetAddress here : List.of(HERE, HERE6)) {
      int version = here.getAddress().length == 4 ? 4 : 6;
      InetAddress target = ip(version == 4 ? "203.0.113.9" : "2001:db8:2::9");
      ScriptedNetwork network = new ScriptedNetwork(here, chain(3));
      List<Map<String, Object>> rows = trace(network, AddressText.of(target), "--method", method, "--rate", "10000");
      assertEquals(List.of(1, 2, 3, 4), column(rows, "hop"), here.toString());
      assertEquals(List.of("time exceeded", "time exceeded", "time exceeded", last), column(rows, "reply"));
      assertEquals(List.of(1.0, 2.0, 3.0, 4.0), column(rows, "rtt_ms"));
      assertEquals(AddressText.of(router(version, 2)), rows.get(1).get("from"));
      assertEquals(AddressText.of(target), rows.get(3).get("from"));
      assertNull(rows.get(2).get("stop"));
      assertEquals("completed", rows.get(3).get("stop"));
      assertEquals(1, rows.get(0).get("quoted_ttl"));
      assertEquals(method, rows.get(0).get("method"));
      network.sent().forEach(TracerouteTest::assertRightChecksum);
      assertFlow(method, network.sent(), version == 4 ? 20 : 40);
    }
  }

  private static void assertRightChecksum(byte[] packet) {
    IpPacket parsed = IpPacket.of(packet, 0, packet.length);
    int header = parsed.version() == 4 ? 20 : 40;
    if (parsed.version() == 4) {
      assertEquals(0, Checksum.of(packet, 0, 20));
    }
    int length = packet.length - header;
    int sum = parsed.protocol() == IpHeader.ICMP ? 0
        : Checksum.pseudoHeader(parsed.source().getAddress(), parsed.destination().getAddress(), parsed.protocol(), length);
    assertEquals(0xFFFF, Checksum.add(sum, packet, header, length));
  }

  /** The first four octets behind the IP header are what load balancers look at; the Paris methods keep them. */
  private static void assertFlow(String method, List<byte[]> packets, int header) {
    Set<List<Byte>> flows = new HashSet<>();
    Set<List<Byte>> quoted = new HashSet<>();
    for (byte[] packet : packets) {
      flows.add(List.of(packet[header], packet[header + 1], packet[header + 2], packet[header + 3]));
      quoted.add(List.of(packet[header + 2], packet[header + 3], packet[header + 4], packet[header + 5], packet[header + 6],
          packet[header + 7]));
    }
    boolean constant = method.contains("paris") || method.equals("tcp");
    assertEquals(constant ? 1 : packets.size(), flows.size(), method);
    assertEquals(packets.size(), quoted.size(), "told apart by what errors quote");
  }

  @Test
  void shouldUseTheFlowThatIsAskedFor() throws Exception {
    ScriptedNetwork network = new ScriptedNetwork(HERE, chain(1));
    trace(network, "203.0.113.9", "-P", "icmp-paris", "-s", "0x1234", "-d", "0x4321");
    IpPacket probe = IpPacket.of(network.sent().get(0), 0, 60);
    assertEquals(List.of(0x0800, 0x4321, 0x1234, 1), List.of(probe.u16(0), probe.u16(2), probe.u16(4), probe.u16(6)));
    network = new ScriptedNetwork(HERE, chain(1));
    List<Map<String, Object>> rows = trace(network, "203.0.113.9", "-U", "-s", "5000", "-p", "6000");
    probe = IpPacket.of(network.sent().get(1), 0, 60);
    assertEquals(List.of(5000, 6001), List.of(probe.u16(0), probe.u16(2)));
    assertEquals(List.of(6000, 6001), column(rows, "dport"));
    assertEquals(2, probe.label());
  }

  @Test
  void shouldTryAgainAndStopAfterTooManySilentHops() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (probe, parsed, answers) -> {
              // Hop 1 answers its second probe, nobody else does.
              if (parsed.hopLimit() == 1 && parsed.label() == 2) {
                answers.after(MS, error(probe, router(4, 1), 11, 0));
              }
            });
    List<Map<String, Object>> rows = trace(network, "203.0.113.9", "-w", "1ms", "-g", "2", "--rate", "10000");
    assertEquals(List.of(1, 1, 2, 2, 3, 3), column(rows, "hop"));
    assertEquals(List.of(1, 2, 1, 2, 1, 2), column(rows, "attempt"));
    assertEquals(List.of("timeout", "time exceeded", "timeout", "timeout", "timeout", "timeout"), column(rows, "reply"));
    assertEquals("gaplimit", rows.get(5).get("stop"));
  }

  @Test
  void shouldSendAllAttemptsWhenAsked() throws Exception {
    ScriptedNetwork network = new ScriptedNetwork(HERE, chain(1));
    List<Map<String, Object>> rows = trace(network, "203.0.113.9", "-Q", "-q", "3", "-P", "tcp");
    assertEquals(List.of(1, 1, 1, 2, 2, 2), column(rows, "hop"));
    assertEquals("completed", rows.get(5).get("stop"));
    assertNull(rows.get(4).get("stop"));
  }

  @Test
  void shouldStopWhereThereIsNoWayAndAtTheLastHop() throws Exception {
    ScriptedNetwork blocked =
        new ScriptedNetwork(HERE, (probe, parsed, answers) -> answers.after(MS, error(probe, router(4, 1), 3, 13)));
    List<Map<String, Object>> rows = trace(blocked, "203.0.113.9");
    assertEquals(List.of("communication prohibited"), column(rows, "reply"));
    assertEquals("unreach", rows.get(0).get("stop"));
    rows = trace(new ScriptedNetwork(HERE, chain(9)), "203.0.113.9", "--first", "3", "--max", "4");
    assertEquals(List.of(3, 4), column(rows, "hop"));
    assertEquals("hoplimit", rows.get(1).get("stop"));
  }

  @Test
  void shouldStopAtALoopButNotAtARouterThatAnswersTwiceInARow() throws Exception {
    int[] way = {1, 2, 2, 3, 2};
    ScriptedNetwork network =
        new ScriptedNetwork(HERE, (probe, parsed, answers) -> answers.after(MS, error(probe, router(4, way[(parsed.hopLimit() - 1) % 5]), 11,
            0)));
    List<Map<String, Object>> rows = trace(network, "203.0.113.9");
    assertEquals(5, rows.size());
    assertEquals("loop", rows.get(4).get("stop"));
    assertEquals(8, trace(network, "203.0.113.9", "--no-loop-check", "-m", "8").size());
  }

  @Test
  void shouldTakeAnAnswerThatComesAfterItsTimeoutWhileTheHopIsProbedAgain() throws Exception {
    int[] probes = {0};
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (probe, parsed, answers) -> {
              if (probes[0]++ == 0) {
                answers.after(150 * MS, error(probe, router(4, 1), 11, 0));
                answers.after(151 * MS, error(probe, router(4, 1), 11, 0));
              } else if (parsed.hopLimit() == 2) {
                answers.after(MS, reached(probe));
              }
            });
    List<Map<String, Object>> rows = trace(network, "203.0.113.9", "-w", "100ms");
    assertEquals(List.of(1, 1, 1, 2), column(rows, "hop"));
    assertEquals(List.of(1, 1, 2, 1), column(rows, "attempt"));
    assertEquals(List.of("timeout", "time exceeded", "timeout", "port unreachable"), column(rows, "reply"));
    assertEquals(150.0, rows.get(1).get("rtt_ms"));
    assertEquals("completed", rows.get(3).get("stop"));
  }

  @Test
  void shouldTakeAnAnswerThatComesWhenALaterHopIsProbed() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE, (probe, parsed, answers) -> answers.after((parsed.hopLimit() == 1 ? 120 : 50) * MS, parsed.hopLimit() == 1
                ? error(probe, router(4, 1), 11, 0) : reached(probe)));
    List<Map<String, Object>> rows = trace(network, "203.0.113.9", "-w", "100ms", "-q", "1");
    assertEquals(List.of("timeout", "time exceeded", "port unreachable"), column(rows, "reply"));
    assertEquals(List.of(1, 1, 2), column(rows, "hop"));
  }

  @Test
  void shouldTellWhatTheEndpointDidNotSend() throws Exception {
    ScriptedNetwork network = new ScriptedNetwork(HERE, chain(1));
    network.lose();
    List<Map<String, Object>> rows = trace(network, "203.0.113.9", "-w", "1ms");
    assertEquals(List.of("unsent: the endpoint discarded it"), column(rows, "reply"));
    assertEquals("unsent", rows.get(0).get("stop"));
  }

  @Test
  void shouldTraceManyTargetsAtTheRate(@TempDir Path folder) throws Exception {
    StringBuilder file = new StringBuilder("# targets\n\n");
    for (int i = 1; i <= 200; i++) {
      file.append("203.0.113.").append(i).append('\n');
    }
    file.append("203.0.113.1\n 203.0.113.2 \n");
    Path targets = Files.writeString(folder.resolve("targets.txt"), file);
    ScriptedNetwork network = new ScriptedNetwork(HERE, chain(4));
    long begin = System.nanoTime();
    List<Map<String, Object>> rows = trace(network, "--targets", targets.toString(), "--rate", "2000");
    double seconds = (System.nanoTime() - begin) / 1e9;
    assertEquals(1_000, rows.size(), "five probes for each of 200 targets");
    assertTrue(seconds > 0.45, "1,000 probes at 2,000 a second took " + seconds + " s");
    Map<Object, List<Object>> hops =
        rows.stream().collect(Collectors.groupingBy(r -> r.get("target"), Collectors.mapping(r -> r.get("hop"), Collectors.toList())));
    assertEquals(200, hops.size());
    hops.forEach((target, found) -> assertEquals(List.of(1, 2, 3, 4, 5), found));
    for (int i = 0; i < rows.size(); i += 5) {
      assertEquals(1, column(rows.subList(i, i + 5), "target").stream().distinct().count(), "the rows of a trace stay together");
    }
  }

  @Test
  void shouldIgnoreAnswersThatAreNotOurs() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (probe, parsed, answers) -> {
              byte[] otherTarget = probe.clone();
              otherTarget[19] ^= 1;
              answers.after(1, error(otherTarget, router(4, 9), 11, 0));
              byte[] otherNumber = probe.clone();
              otherNumber[27] ^= 0x40;
              otherNumber[5] ^= 0x40;
              answers.after(2, error(otherNumber, router(4, 8), 11, 0));
              byte[] wrongChecksum = error(probe, router(4, 7), 11, 0);
              wrongChecksum[22] ^= 1;
              answers.after(3, wrongChecksum);
              answers.after(MS, reached(probe));
            });
    List<Map<String, Object>> rows = trace(network, "203.0.113.9");
    assertEquals(List.of("203.0.113.9"), column(rows, "from"));
  }

  @Test
  void shouldRecogniseAProbeWhoseChecksumWasRewritten() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (probe, parsed, answers) -> {
              byte[] rewritten = probe.clone();
              rewritten[26] = (byte) 0xAB;
              answers.after(MS, error(rewritten, router(4, 1), 3, 1));
            });
    assertEquals(List.of("host unreachable"), column(trace(network, "203.0.113.9"), "reply"));
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    ScriptedNetwork network = new ScriptedNetwork(HERE, chain(1));
    for (String[] wrong :
        List.of(
            new String[] {},
            new String[] {"203.0.113.9", "-I", "-T"},
            new String[] {"203.0.113.9", "-4", "-6"},
            new String[] {"203.0.113.9", "-f", "9", "-m", "8"},
            new String[] {"203.0.113.9", "-U", "-p", "65530"},
            new String[] {"--targets", "/does/not/exist"},
            new String[] {"203.0.113.999"})) {
      assertThrows(IOException.class, () -> trace(network, wrong), String.join(" ", wrong));
    }
    assertThrows(UsageException.class, () -> trace(network, "203.0.113.9", "-P", "gre"));
  }

  @Property(tries = 300)
  void shouldSurviveAnyAnswer(@ForAll @Size(max = 120) byte[] noise, @ForAll int place) throws Exception {
    String[] methods = {"icmp-paris", "udp-paris", "tcp", "icmp", "udp"};
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (probe, parsed, answers) -> {
              for (byte[] honest : List.of(reached(probe), error(probe, router(4, 1), 11, 0))) {
                byte[] broken = honest.clone();
                for (int i = 0; i < noise.length; i++) {
                  broken[Math.floorMod(place + i, broken.length)] ^= noise[i];
                }
                answers.after(0, broken);
                answers.after(0, Arrays.copyOf(broken, Math.floorMod(place, broken.length)));
              }
              answers.after(0, noise);
              answers.after(1_000, reached(probe));
            });
    List<Map<String, Object>> rows = trace(network, "203.0.113.9", "-m", "2", "-P", methods[Math.floorMod(place, 5)]);
    assertNotEquals(null, rows.get(rows.size() - 1).get("stop"));
  }
}
