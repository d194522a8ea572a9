package org.pktlab.result.pcapng;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.run.ResultFormat;

class PcapngFormatTest {
  private static final long TIME = 1_700_000_000_123_456_789L;
  private static final String ECHO = "4500001c15be00001e01" + "c4c0" + "00000000c0000263" + "0800e24115be0000";
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("endpoint_address", ""),
          Column.integer("time_ns", "ns", ""),
          Column.integer("length", "octets", ""),
          Column.integer("dropped", "", ""),
          Column.text("octets", ""));

  private static byte[] write(List<Column> columns, Object[]... rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ResultFormat.Writer writer = new PcapngFormat().open(columns, out)) {
      for (Object[] row : rows) {
        writer.write(row);
      }
    }
    return out.toByteArray();
  }

  @Test
  void shouldWriteTheBlocksOfTheStandard() throws Exception {
    byte[] file = write(COLUMNS.subList(1, 5), new Object[] {TIME, 40L, null, "4500ff"});
    String expected =
        // Section header with the application's name.
        "0a0d0d0a0000002c1a2b3c4d00010000ffffffffffffffff" + "00040006706b746c61620000" + "00000000" + "0000002c"
            // Interface: raw, no limit, nanoseconds.
            + "000000010000002000650000" + "00000000" + "0009000109000000" + "00000000" + "00000020"
            // Packet of 3 octets, 40 before it was cut.
            + "0000000600000024" + "00000000" + HexFormat.of().toHexDigits(TIME) + "00000003" + "00000028" + "4500ff00" + "00000024";
    assertEquals(expected, HexFormat.of().formatHex(file));
    assertEquals(0x2c + 0x20 + 0x24, file.length);
  }

  @Test
  void shouldRefuseRowsThatAreNoPackets() {
    assertTrue(
        assertThrows(IOException.class, () -> write(List.of(Column.text("name", "")))).getMessage().contains("mlet capture"));
    assertThrows(IOException.class, () -> write(COLUMNS, new Object[] {"a", TIME, null, null, "xyz"}));
  }

  @Test
  void shouldBeReadByTsharkWithTheSameNumbers(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("trace.pcapng");
    byte[] big = new byte[9_000];
    big[0] = 0x45;
    Files.write(
        file,
        write(
            COLUMNS,
            new Object[] {"192.0.2.1:5", TIME, 28L, null, ECHO},
            new Object[] {"192.0.2.2:6", TIME + 1, 1_500L, null, ECHO},
            new Object[] {"192.0.2.1:5", TIME + 2, 9_000L, null, HexFormat.of().formatHex(big)},
            new Object[] {null, null, null, null, null},
            new Object[] {"192.0.2.1:5", TIME + 3, null, 7L, null}));
    Process process;
    try {
      process =
          new ProcessBuilder("tshark", "-r", file.toString(), "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.interface_name", "-e",
              "frame.len", "-e", "frame.cap_len", "-e", "icmp.type")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      Assumptions.abort("optional: tshark is not installed");
      return;
    }
    List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
    assertEquals("1700000000.123456789\t192.0.2.1:5\t28\t28\t8", lines.get(0));
    assertEquals("1700000000.123456790\t192.0.2.2:6\t1500\t28\t8", lines.get(1));
    assertEquals("1700000000.123456791\t192.0.2.1:5\t9000\t9000", lines.get(2).strip());
    assertEquals(3, lines.size());
  }
}
