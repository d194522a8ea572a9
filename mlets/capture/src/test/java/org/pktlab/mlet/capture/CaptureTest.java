package org.pktlab.mlet.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.filter.FilterCompiler;
import org.pktlab.filter.FilterSyntaxException;
import org.pktlab.mlet.ArgumentParser;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.UsageException;
import org.pktlab.mlet.packet.EbpfAssembler;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.testing.KeptRows;
import org.pktlab.mlet.testing.ScriptedNetwork;
import org.pktlab.program.EbpfProgram;

@Timeout(20)
class CaptureTest {
  private static final byte[] DNS = new byte[] {0x12, 0x34, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4};

  private final List<String> compiled = new ArrayList<>();
  private final FilterCompiler compiler =
      expression -> {
        if (expression.contains("nonsense")) {
          throw new FilterSyntaxException("syntax error");
        }
        compiled.add(expression);
        return all();
      };

  private static EbpfProgram all() {
    return new EbpfAssembler().result(0xFFFF).build();
  }

  private static InetAddress here() {
    try {
      return InetAddress.getByName("192.0.2.7");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] dns() {
    return new IpHeader(here(), here(), IpHeader.UDP, 9, 0, 0, false).packet(DNS);
  }

  private static List<Map<String, Object>> capture(FilterCompiler compiler, List<byte[]> packets, String... line)
      throws IOException, InterruptedException, UsageException {
    Capture capture = new Capture();
    if (compiler != null) {
      capture.bindCompiler(compiler);
    }
    ScriptedNetwork network = new ScriptedNetwork(here(), (octets, parsed, answers) -> {});
    packets.forEach(network::arriveSoon);
    KeptRows rows = new KeptRows(capture.declaration());
    capture.run(network, ArgumentParser.parse(capture.declaration(), List.of(line)), rows);
    return rows.rows();
  }

  @Test
  void shouldWriteWhatWasCapturedAndWhatWasDropped() throws Exception {
    byte[] strange = {(byte) 0xF0, 1, 2};
    List<Map<String, Object>> rows = capture(compiler, List.of(dns(), strange), "udp", "port", "53", "--seconds", "0.05");
    assertEquals(List.of("udp port 53", "(udp port 53) and not (tcp and port 4321)"), compiled);
    assertEquals(3, rows.size());
    Map<String, Object> first = rows.get(0);
    assertEquals(32, first.get("length"));
    assertEquals(32, first.get("captured"));
    assertEquals(17, first.get("protocol"));
    assertEquals("192.0.2.7", first.get("from"));
    assertEquals(0x1234, first.get("sport"));
    assertEquals(53, first.get("dport"));
    assertEquals(9, first.get("ttl"));
    assertEquals("hardware", first.get("rx_clock").toString());
    assertEquals(HexFormat.of().formatHex(dns()), first.get("octets"));
    assertEquals("f00102", rows.get(1).get("octets"));
    assertNull(rows.get(1).get("length"));
    assertEquals(0L, rows.get(2).get("dropped"));
    assertNull(rows.get(2).get("octets"));
  }

  @Test
  void shouldConsumeWhenAskedAndGranted() throws Exception {
    Capture capture = new Capture();
    capture.bindCompiler(compiler);
    ScriptedNetwork network = new ScriptedNetwork(here(), (octets, parsed, answers) -> {});
    network.arriveSoon(dns());
    KeptRows rows = new KeptRows(capture.declaration());
    capture.run(network, ArgumentParser.parse(capture.declaration(), List.of("udp", "--consume", "-c", "1")), rows);
    assertTrue(network.isConsuming());
    assertEquals(2, rows.rows().size());
    network.refuseConsuming();
    assertThrows(
        RefusedException.class,
        () -> capture.run(network, ArgumentParser.parse(capture.declaration(), List.of("udp", "--consume")), rows));
    for (String[] wrong : List.of(new String[] {"--consume"}, new String[] {"udp", "--consume", "--with-session"})) {
      assertThrows(IOException.class, () -> capture(compiler, List.of(), wrong));
    }
  }

  @Test
  void shouldStopAfterEnoughPackets() throws Exception {
    assertEquals(3, capture(compiler, List.of(dns(), dns(), dns()), "-c", "2", "-s", "60", "--with-session").size());
    assertEquals(List.of(""), compiled);
  }

  @Test
  void shouldTakeAProgramFromAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("all.ebpf"), "0xb7 0 0 0 0xffff\n0x95 0 0 0 0\n", StandardCharsets.US_ASCII);
    assertEquals(2, capture(null, List.of(dns()), "--file", file.toString(), "-c", "1").size());
    Path wrong = Files.writeString(folder.resolve("wrong.ebpf"), "0xb7 0\n");
    assertTrue(assertThrows(IOException.class, () -> capture(null, List.of(), "--file", wrong.toString())).getMessage().contains("line 1"));
    Path empty = Files.writeString(folder.resolve("empty.ebpf"), "# nothing\n");
    assertThrows(IOException.class, () -> capture(null, List.of(), "--file", empty.toString()));
    assertThrows(IOException.class, () -> capture(null, List.of(), "--file", folder.resolve("absent").toString()));
    assertThrows(IOException.class, () -> capture(compiler, List.of(), "icmp", "--file", file.toString()));
  }

  @Test
  void shouldSayWhatIsWrongWithAnExpression() {
    assertEquals(
        "filter 'nonsense (': syntax error",
        assertThrows(IOException.class, () -> capture(compiler, List.of(), "nonsense", "(")).getMessage());
    assertTrue(assertThrows(IOException.class, () -> capture(null, List.of(), "icmp")).getMessage().contains("not installed"));
  }

  @Property(tries = 200)
  void shouldWriteAnyPacket(@ForAll @Size(min = 1, max = 100) byte[] packet) throws Exception {
    List<Map<String, Object>> rows = capture(compiler, List.of(packet), "-c", "1");
    assertEquals(HexFormat.of().formatHex(packet), rows.get(0).get("octets"));
  }
}
