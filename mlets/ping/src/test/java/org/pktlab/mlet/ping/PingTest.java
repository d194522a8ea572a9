package org.pktlab.mlet.ping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pktlab.mlet.ArgumentParser;
import org.pktlab.mlet.UsageException;
import org.pktlab.mlet.packet.Checksum;
import org.pktlab.mlet.packet.Icmp;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.packet.IpPacket;
import org.pktlab.mlet.testing.KeptRows;
import org.pktlab.mlet.testing.ScriptedNetwork;

@Timeout(20)
class PingTest {
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

  /** What a host answers. */
  static byte[] reply(IpPacket request, byte[] octets, int ttl) {
    int head = request.version() == 4 ? 20 : 40;
    byte[] message = Arrays.copyOfRange(octets, head, octets.length);
    message[0] = (byte) (request.version() == 4 ? Icmp.ECHO_REPLY : Icmp.V6_ECHO_REPLY);
    return icmp(request.destination(), request.source(), ttl, message);
  }

  /** What a router answers. */
  static byte[] error(IpPacket request, byte[] octets, String router, int type, int code) {
    byte[] message = new byte[8 + Math.min(octets.length, 28 + (request.version() == 4 ? 0 : 20))];
    message[0] = (byte) type;
    message[1] = (byte) code;
    System.arraycopy(octets, 0, message, 8, message.length - 8);
    return icmp(ip(router), request.source(), 250, message);
  }

  private static byte[] icmp(InetAddress from, InetAddress to, int ttl, byte[] message) {
    int version = to.getAddress().length == 4 ? 4 : 6;
    IpHeader header = new IpHeader(from, to, Icmp.protocol(version), ttl, 0, 0, false);
    message[2] = 0;
    message[3] = 0;
    int sum = Checksum.of(Checksum.add(version == 4 ? 0 : header.pseudoHeader(message.length), message, 0, message.length));
    message[2] = (byte) (sum >>> 8);
    message[3] = (byte) sum;
    return header.packet(message);
  }

  private static List<Map<String, Object>> ping(ScriptedNetwork network, String... line)
      throws IOException, InterruptedException, UsageException {
    Ping ping = new Ping();
    KeptRows rows = new KeptRows(ping.declaration());
    ping.run(network, ArgumentParser.parse(ping.declaration(), List.of(line)), rows);
    assertTrue(network.isClosed());
    return rows.rows();
  }

  private static List<Object> kinds(List<Map<String, Object>> rows) {
    return rows.stream().map(r -> r.get("kind")).toList();
  }

  @Test
  void shouldSendTheOctetsThatTheStandardWants() throws Exception {
    ScriptedNetwork network = new ScriptedNetwork(HERE, (octets, request, answers) -> answers.after(MS, reply(request, octets, 60)));
    ping(network, "192.0.2.99", "-c", "1", "-s", "0", "-e", "0x15be", "-t", "30", "-Q", "8", "-M", "do");
    // Header checksum and ICMP checksum worked out by hand.
    assertEquals("4508001c000040001e01d86ec0000207c0000263" + "0800e24015be0001", HexFormat.of().formatHex(network.sent().get(0)));
  }

  @Test
  void shouldTimeRepliesAndSumUp() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(HERE, (octets, request, answers) -> answers.after(request.u16(6) * 2 * MS, reply(request, octets, 57)));
    List<Map<String, Object>> rows = ping(network, "192.0.2.99", "-c", "4", "-i", "0.01", "-s", "56");
    assertEquals(List.of("reply", "reply", "reply", "reply", "summary"), kinds(rows));
    Map<String, Object> second = rows.get(1);
    assertEquals(2, second.get("seq"));
    assertEquals("192.0.2.99", second.get("from"));
    assertEquals(64, second.get("size"));
    assertEquals(57, second.get("ttl"));
    assertEquals(4.0, second.get("rtt_ms"));
    assertEquals("kernel", second.get("tx_clock").toString());
    assertEquals("hardware", second.get("rx_clock").toString());
    assertEquals(4 * MS, (Long) second.get("rx_ns") - (Long) second.get("tx_ns"));
    Map<String, Object> summary = rows.get(4);
    assertEquals(4L, summary.get("sent"));
    assertEquals(4L, summary.get("received"));
    assertEquals(0.0, summary.get("loss_pct"));
    assertEquals(2.0, summary.get("min_ms"));
    assertEquals(5.0, summary.get("avg_ms"));
    assertEquals(5.0, summary.get("median_ms"));
    assertEquals(8.0, summary.get("p95_ms"));
    assertEquals(8.0, summary.get("max_ms"));
    assertEquals(2.236068, summary.get("stddev_ms"));
    for (int i = 1; i < 4; i++) {
      assertEquals(10 * MS, network.times().get(i) - network.times().get(i - 1), "exact intervals");
    }
  }

  @Test
  void shouldPingOverIpv6WithRightChecksums() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE6,
            (octets, request, answers) -> {
              assertTrue(request.hasPlausibleChecksum());
              assertEquals(Icmp.V6_ECHO_REQUEST, request.u8(0));
              answers.after(MS, reply(request, octets, 63));
            });
    List<Map<String, Object>> rows = ping(network, "2001:db8::99", "-6", "-c", "2", "-i", "0.001", "-m", "9");
    assertEquals(List.of("reply", "reply", "summary"), kinds(rows));
    assertEquals("2001:db8::99", rows.get(0).get("from"));
    assertEquals(63, rows.get(0).get("ttl"));
    assertEquals(9, IpPacket.of(network.sent().get(0), 0, 104).hopLimit());
    assertEquals(129, rows.get(0).get("icmp_type"));
  }

  @Test
  void shouldTellDuplicatesErrorsTimeoutsAndLateReplies() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (octets, request, answers) -> {
              switch (request.u16(6)) {
                case 1 -> {
                  answers.after(MS, reply(request, octets, 60));
                  answers.after(2 * MS, reply(request, octets, 59));
                }
                case 2 -> answers.after(MS, error(request, octets, "198.51.100.1", 11, 0));
                case 3 -> answers.after(80 * MS, reply(request, octets, 60));
                default -> {
                  // Lost.
                }
              }
            });
    List<Map<String, Object>> rows = ping(network, "192.0.2.99", "-c", "4", "-i", "5ms", "-W", "50ms");
    assertEquals(List.of("reply", "duplicate", "error", "late", "timeout", "timeout", "summary"), kinds(rows));
    Map<String, Object> error = rows.get(2);
    assertEquals("198.51.100.1", error.get("from"));
    assertEquals("time exceeded", error.get("icmp"));
    assertEquals(11, error.get("icmp_type"));
    assertEquals(1.0, error.get("rtt_ms"));
    Map<String, Object> summary = rows.get(6);
    assertEquals(List.of(4L, 1L, 1L, 1L, 75.0), List.of(summary.get("sent"), summary.get("received"), summary.get("duplicates"),
        summary.get("errors"), summary.get("loss_pct")));
  }

  @Test
  void shouldNotTakeARedirectForAnAnswer() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (octets, request, answers) -> {
              answers.after(MS, error(request, octets, "192.0.2.1", 5, 1));
              answers.after(2 * MS, reply(request, octets, 60));
            });
    assertEquals(List.of("error", "reply", "summary"), kinds(ping(network, "192.0.2.99", "-c", "1")));
  }

  @Test
  void shouldIgnoreRepliesThatAreNotOurs() throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (octets, request, answers) -> {
              byte[] otherMark = octets.clone();
              otherMark[28] ^= 1;
              answers.after(1, reply(request, otherMark, 60));
              byte[] otherSequence = octets.clone();
              otherSequence[27] ^= 8;
              answers.after(2, reply(request, otherSequence, 60));
              byte[] wrongChecksum = reply(request, octets, 60);
              wrongChecksum[22] ^= 1;
              answers.after(3, wrongChecksum);
              byte[] otherIdentifier = octets.clone();
              otherIdentifier[24] ^= 1;
              answers.after(4, reply(request, otherIdentifier, 60));
              answers.after(MS, octets);
            });
    List<Map<String, Object>> rows = ping(network, "192.0.2.99", "-c", "1", "-W", "20ms");
    assertEquals(List.of("timeout", "summary"), kinds(rows));
    assertNull(rows.get(1).get("min_ms"));
    assertEquals(100.0, rows.get(1).get("loss_pct"));
  }

  @Test
  void shouldSayWhatWasNotSent() throws Exception {
    ScriptedNetwork network = new ScriptedNetwork(HERE, (octets, request, answers) -> {});
    network.lose();
    List<Map<String, Object>> rows = ping(network, "192.0.2.99", "-c", "1", "-W", "1ms");
    assertEquals(List.of("unsent", "summary"), kinds(rows));
    assertEquals("the endpoint discarded it", rows.get(0).get("icmp"));
    assertEquals(0L, rows.get(1).get("sent"));
    assertNull(rows.get(1).get("loss_pct"));
  }

  @Test
  void shouldStopAtTheDeadlineAndAfterEnoughReplies() throws Exception {
    ScriptedNetwork silent = new ScriptedNetwork(HERE, (octets, request, answers) -> {});
    long begin = System.nanoTime();
    List<Map<String, Object>> rows = ping(silent, "192.0.2.99", "-c", "1000", "-i", "10ms", "-w", "100ms", "-W", "60");
    assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(5));
    assertEquals(List.of("summary"), kinds(rows));
    assertEquals(10L, rows.get(0).get("sent"));
    ScriptedNetwork answering = new ScriptedNetwork(HERE, (octets, request, answers) -> answers.after(MS, reply(request, octets, 60)));
    assertEquals(List.of("reply", "reply", "summary"), kinds(ping(answering, "192.0.2.99", "-c", "9", "-i", "0.02", "-o", "2")));
  }

  @Test
  void shouldManageMoreRequestsThanSequenceNumbers() throws Exception {
    ScriptedNetwork network = new ScriptedNetwork(HERE, (octets, request, answers) -> answers.after(1_000, reply(request, octets, 60)));
    List<Map<String, Object>> rows = ping(network, "192.0.2.99", "-c", "70000", "-i", "0", "-q", "-s", "0");
    assertEquals(List.of("summary"), kinds(rows));
    assertEquals(70_000L, rows.get(0).get("received"));
    assertEquals(0L, rows.get(0).get("duplicates"));
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    ScriptedNetwork network = new ScriptedNetwork(HERE, (octets, request, answers) -> {});
    for (String[] wrong :
        List.of(
            new String[] {"192.0.2.99", "-4", "-6"},
            new String[] {"192.0.2.99", "-6"},
            new String[] {"192.0.2.256"},
            new String[] {"a b"},
            new String[] {"192.0.2.99", "-p", "xyz"},
            new String[] {"192.0.2.99", "-I", "2001:db8::1"})) {
      assertThrows(IOException.class, () -> ping(network, wrong), String.join(" ", wrong));
    }
    assertThrows(UsageException.class, () -> ping(network, "192.0.2.99", "-c", "0"));
    assertFalse(network.isClosed());
  }

  @Property(tries = 100)
  void shouldSurviveAnyAnswer(@ForAll @Size(max = 120) byte[] noise, @ForAll int place) throws Exception {
    ScriptedNetwork network =
        new ScriptedNetwork(
            HERE,
            (octets, request, answers) -> {
              byte[] broken = reply(request, octets, 60);
              byte[] error = error(request, octets, "198.51.100.1", 3, 3);
              for (int i = 0; i < noise.length; i++) {
                broken[Math.floorMod(place + i, broken.length)] ^= noise[i];
                error[Math.floorMod(place * 7 + i, error.length)] ^= noise[i];
              }
              answers.after(0, noise);
              answers.after(0, broken);
              answers.after(0, Arrays.copyOf(broken, Math.floorMod(place, broken.length)));
              answers.after(0, error);
              answers.after(0, Arrays.copyOf(error, Math.floorMod(place, error.length)));
              answers.after(1_000, reply(request, octets, 60));
            });
    List<Map<String, Object>> rows = ping(network, "192.0.2.99", "-c", "1", "-o", "1", "-i", "0");
    assertEquals("summary", rows.get(rows.size() - 1).get("kind"));
    assertTrue(kinds(rows).contains("reply") || kinds(rows).contains("error"), kinds(rows).toString());
  }
}
