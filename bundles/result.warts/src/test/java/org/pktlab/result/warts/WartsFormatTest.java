package org.pktlab.result.warts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.run.ResultFormat;

class WartsFormatTest {
  private static final long TIME = 1_700_000_000_123_456_789L;
  private static final List<String> NAMES =
      List.of("endpoint_address", "target", "hop", "attempt", "from", "rtt_ms", "stop", "icmp_type", "icmp_code", "tcp_flags", "reply_ttl",
          "reply_size", "reply_tos", "quoted_ttl", "probe_size", "method", "source", "sport", "dport", "tx_ns");
  private static final List<Column> COLUMNS = NAMES.stream().map(n -> Column.text(n, "")).toList();

  private static Object[] row(String endpoint, String target, long hop, long attempt, String from, Double rtt, String stop, Long type,
      Long code, String method) {
    boolean ipv4 = target.indexOf(':') < 0;
    Long flags = from != null && type == null ? 0x14L : null;
    return new Object[] {
      endpoint, target, hop, attempt, from, rtt, stop, type, code, flags, from == null ? null : 250L, from == null ? null : 56L,
      from == null ? null : 4L, type == null ? null : 1L, 60L, method, ipv4 ? "192.0.2.7" : "2001:db8::7", 40_000L, 33_435L, TIME + hop
    };
  }

  private static byte[] write(Object[]... rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ResultFormat.Writer writer = new WartsFormat().open(COLUMNS, out)) {
      for (Object[] row : rows) {
        writer.write(row);
      }
    }
    return out.toByteArray();
  }

  private static List<String> json(Path folder, byte[] warts) throws Exception {
    Path file = Files.write(folder.resolve("paths.warts"), warts);
    Process process;
    try {
      process = new ProcessBuilder("sc_warts2json", file.toString()).redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("optional: sc_warts2json is not installed");
      return List.of();
    }
    List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), lines.toString());
    return lines.stream().filter(l -> l.contains("\"type\":\"trace\"")).toList();
  }

  private static void has(String line, String... parts) {
    for (String part : parts) {
      assertTrue(line.contains(part), part + " in " + line);
    }
  }

  @Test
  void shouldEncodeFlagsAndParametersAsTheManualSays() {
    assertEquals("00", HexFormat.of().formatHex(new Fields(new Fields.Addresses()).encode()));
    // Parameters 6, 12 and 16, the example of the manual.
    byte[] encoded = new Fields(new Fields.Addresses()).u8(16, 3).u8(6, 1).u8(12, 2).encode();
    assertEquals("a0" + "90" + "02" + "0003" + "010203", HexFormat.of().formatHex(encoded));
  }

  @Test
  void shouldDefineAnAddressOnceAndThenReferToIt() throws Exception {
    Fields.Addresses addresses = new Fields.Addresses();
    assertEquals("01" + "0006" + "0401c0000201", HexFormat.of().formatHex(new Fields(addresses).address(1, "192.0.2.1").encode()));
    assertEquals("01" + "0005" + "0000000000", HexFormat.of().formatHex(new Fields(addresses).address(1, "192.0.2.1").encode()));
  }

  @Test
  void shouldBeReadByScamperWithTheNumbersOfTheRows(@TempDir Path folder) throws Exception {
    List<String> traces =
        json(
            folder,
            write(
                row("a", "203.0.113.9", 1, 1, "198.51.100.1", 1.234, null, 11L, 0L, "udp-paris"),
                row("a", "203.0.113.9", 2, 1, null, null, null, null, null, "udp-paris"),
                // Another endpoint traces the same target meanwhile.
                row("b", "203.0.113.9", 1, 1, "198.51.100.77", 9.0, "unreach", 3L, 13L, "icmp-paris"),
                row("a", "203.0.113.9", 2, 2, "198.51.100.1", 2.0, null, 11L, 0L, "udp-paris"),
                row("a", "203.0.113.9", 3, 1, "203.0.113.9", 3.5, "completed", 3L, 3L, "udp-paris")));
    assertEquals(2, traces.size());
    has(traces.get(0), "\"method\":\"icmp-echo-paris\"", "\"stop_reason\":\"UNREACH\"", "\"stop_data\":13", "\"addr\":\"198.51.100.77\"");
    has(traces.get(1), "\"method\":\"udp-paris\"", "\"src\":\"192.0.2.7\"", "\"dst\":\"203.0.113.9\"", "\"sport\":40000", "\"dport\":33435",
        "\"stop_reason\":\"COMPLETED\"", "\"start\":{\"sec\":1700000000, \"usec\":123456", "\"firsthop\":1", "\"hop_count\":3",
        "\"probe_count\":4", "\"probe_size\":60", "\"rtt\":1.234", "\"rtt\":2.000", "\"rtt\":3.500", "\"reply_ttl\":250",
        "\"reply_size\":56", "\"reply_tos\":4", "\"icmp_type\":11", "\"icmp_code\":3", "\"icmp_q_ttl\":1", "\"probe_ttl\":2",
        "\"probe_id\":1", "\"attempts\":2");
    assertEquals(3, traces.get(1).split("\"addr\":", -1).length - 1);
  }

  @Test
  void shouldWriteIpv6AndTcpAndTracesThatDidNotEnd(@TempDir Path folder) throws Exception {
    List<String> traces =
        json(
            folder,
            write(
                row("a", "2001:db8:2::9", 1, 1, "2001:db8:1::1", 0.75, null, 3L, 0L, "tcp"),
                row("a", "2001:db8:2::9", 2, 1, "2001:db8:2::9", 1.5, "completed", null, null, "tcp"),
                row("a", "203.0.113.9", 1, 1, null, null, "gaplimit", null, null, "udp"),
                row("a", "203.0.113.10", 1, 1, "198.51.100.1", 1.0, null, 11L, 0L, "icmp")));
    assertEquals(3, traces.size());
    has(traces.get(0), "\"method\":\"tcp\"", "\"src\":\"2001:db8::7\"", "\"addr\":\"2001:db8:2::9\"", "\"tcp_flags\":20", "\"rtt\":0.750");
    has(traces.get(1), "\"stop_reason\":\"GAPLIMIT\"", "\"hop_count\":1");
    has(traces.get(2), "\"method\":\"icmp-echo\"", "\"stop_reason\":\"NONE\"");
  }

  @Test
  void shouldPutEachTraceDownWhenItEnds() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ResultFormat.Writer writer = new WartsFormat().open(COLUMNS, out);
    int begin = out.size();
    writer.write(row("a", "203.0.113.9", 1, 1, "198.51.100.1", 1.0, null, 11L, 0L, "icmp"));
    assertEquals(begin, out.size());
    writer.write(row("a", "203.0.113.9", 2, 1, null, null, "hoplimit", null, null, "icmp"));
    assertTrue(out.size() > begin);
    writer.write(new Object[NAMES.size()]);
  }

  @Test
  void shouldRefuseRowsThatAreNoTraceroutes() {
    List<Column> others = new ArrayList<>(COLUMNS);
    others.removeIf(c -> c.name().equals("hop"));
    IOException e = assertThrows(IOException.class, () -> new WartsFormat().open(others, new ByteArrayOutputStream()));
    assertTrue(e.getMessage().contains("mlet traceroute"));
  }
}
