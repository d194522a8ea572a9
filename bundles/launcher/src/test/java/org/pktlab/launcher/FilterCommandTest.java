package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterCommandTest {
  private static final String ECHO_REPLY = "4500001c1e6140004001a1b20a000001080808080000ebff15be0000";
  private static final String ECHO_REQUEST = "4500001c1e6140004001a1b20a000001080808080800e3ff15be0000";

  /** ICMP echo replies. */
  private static final String ECHO =
      "# echo replies\n0xbf 6 1 0 0\n0x30 0 0 0 9\n0x55 0 0 4 1\n0x30 0 0 0 20\n0x55 0 0 2 0\n0xb7 0 0 0 20\n0x95 0 0 0 0\n0xb7 0 0 0 0\n0x95 0 0 0 0\n";

  @TempDir Path folder;

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private String file(String name, byte[] octets) throws IOException {
    return Files.write(folder.resolve(name), octets).toString();
  }

  @Test
  void shouldSayThatAProgramMayRun() throws IOException {
    Invocation run = Invocation.of("filter", "check", file("echo.ebpf", ECHO));
    assertEquals(0, run.status(), run.err());
    assertTrue(run.lines().get(0).contains(": 9 instructions, digest "), run.out());
    assertEquals(List.of("linux: ok", "reference: ok"), run.lines().subList(1, 3));
  }

  @Test
  void shouldNameTheInstructionThatIsWrong() throws IOException {
    String file = file("bad.ebpf", "0xb7 0 0 0 1\n0x0f 0 3 0 0\n0x95 0 0 0 0\n");
    Invocation run = Invocation.of("filter", "check", file);
    assertEquals(1, run.status());
    assertEquals(List.of("linux: refused: UNINITIALISED: instruction 1: r3 is read before it was written", "  1: r0 += r3", "reference: ok"), run.lines().subList(1, 4));
    assertEquals(0, Invocation.of("filter", "check", "--dialect", "reference", file).status());
  }

  @Test
  void shouldReadTheEncodedFormAsOctetsAndAsDigits() throws IOException {
    String encoded = "00bf61000000000000" + "9500000000000000";
    for (String file : List.of(file("a.bin", HexFormat.of().parseHex(encoded)), file("a.hex", encoded + "\n"))) {
      Invocation run = Invocation.of("filter", "show", file);
      assertEquals(0, run.status(), run.err());
      assertEquals(List.of("    0  r6 = r1", "    1  exit"), run.lines());
    }
  }

  @Test
  void shouldShowWhereJumpsLead() throws IOException {
    Invocation run = Invocation.of("filter", "show", file("echo", ECHO));
    assertEquals("    2  if r0 != 1 goto +4  (7)", run.lines().get(2));
    assertEquals("    1  r0 = *(u8 *)skb[9]", run.lines().get(1));
    assertEquals(9, run.lines().size());
  }

  @Test
  void shouldSayOnUnusableFilesWhatIsWrong() throws IOException {
    for (List<String> each :
        List.of(
            List.of(folder.resolve("none.ebpf").toString(), "there is no such file"),
            List.of(file("text.ebpf", "0x95 0 0 0 0\nmov r0, 5\n"), "line 2: opcode is not a number"),
            List.of(file("a.wasm", new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0}), "WebAssembly"),
            List.of(file("cut.bin", new byte[] {0, 1, 2, 3}), "not a multiple of 8"))) {
      for (String command : List.of("check", "show")) {
        Invocation run = Invocation.of("filter", command, each.get(0));
        assertEquals(1, run.status());
        assertTrue(run.err().startsWith("pktlab: ") && run.err().contains(each.get(1)) && run.err().lines().count() == 1, run.err());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"linux,compiler", "linux,interpreter", "linux,both", "reference,both"})
  void shouldSayWhatAProgramMakesOfPackets(String dialect, String engine) throws IOException {
    Invocation run = Invocation.of("filter", "run", "--dialect", dialect, "--engine", engine, file("echo.ebpf", ECHO), ECHO_REPLY, ECHO_REQUEST);
    assertEquals(0, run.status(), run.err());
    String taken = dialect.equals("linux") ? "result 20" : "result 0x0000000000000014";
    String not = dialect.equals("linux") ? "result 0" : "result 0x0000000000000000";
    assertEquals(List.of("packet 1: 28 octets, " + taken + ": 20 octets taken", "packet 2: 28 octets, " + not + ": ignored"), run.lines());
  }

  @Test
  void shouldTellWhatHappensToAPacketOfOneOctet() throws IOException {
    String file = file("echo.ebpf", ECHO);
    assertEquals(List.of("packet 1: 1 octet, result 0: ignored"), Invocation.of("filter", "run", file, "45").lines());
    assertEquals(List.of("packet 1: 1 octet, fault oob_load"), Invocation.of("filter", "run", "--dialect", "reference", file, "45").lines());
  }

  @Test
  void shouldRefuseToRunAProgramThatMayNot() throws IOException {
    Invocation run = Invocation.of("filter", "run", file("loop.ebpf", "0x05 0 0 0xffff 0\n0x95 0 0 0 0\n"), "45");
    assertEquals(1, run.status());
    assertTrue(run.err().contains("is refused: SELF_JUMP: instruction 0") || run.err().contains("is refused: UNREACHABLE"), run.err());
  }

  @Test
  void shouldSayHowItIsUsed() throws IOException {
    String file = file("echo.ebpf", ECHO);
    for (String[] words :
        new String[][] {
          {"filter"}, {"filter", "run"}, {"filter", "run", file}, {"filter", "run", file, ECHO_REPLY, "--pcap", "x"}, {"filter", "run", file, "4z"},
          {"filter", "run", "--batch", file}, {"filter", "run", "--engine", "jit", file, "45"}, {"filter", "check", "--dialect", "bsd", file}, {"filter", "compile"}
        }) {
      Invocation run = Invocation.of(words);
      assertEquals(2, run.status(), String.join(" ", words));
      assertTrue(run.err().startsWith("pktlab: "), run.err());
    }
  }

  private static byte[] pcap(ByteOrder order, int magic, int linkType, String... frames) {
    ByteBuffer out = ByteBuffer.allocate(4096).order(order);
    out.putInt(magic).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0).putInt(65_535).putInt(linkType);
    for (String frame : frames) {
      byte[] octets = HexFormat.of().parseHex(frame);
      out.putInt(1).putInt(2).putInt(octets.length).putInt(octets.length).put(octets);
    }
    return java.util.Arrays.copyOf(out.array(), out.position());
  }

  @Test
  void shouldReadPacketsOfPcapFiles() throws IOException {
    String program = file("echo.ebpf", ECHO);
    String mac = "020000000001020000000002";
    List<String> expected = List.of("packet 1: 28 octets, result 20: 20 octets taken", "packet 2: 28 octets, result 0: ignored");
    byte[] raw = pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 101, ECHO_REPLY, ECHO_REQUEST);
    byte[] nanoseconds = pcap(ByteOrder.BIG_ENDIAN, 0xa1b23c4d, 101, ECHO_REPLY, ECHO_REQUEST);
    byte[] ethernet = pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 1, mac + "0800" + ECHO_REPLY, mac + "81000007" + "0800" + ECHO_REQUEST);
    byte[] cooked = pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 113, "00".repeat(14) + "0800" + ECHO_REPLY, "00".repeat(14) + "0800" + ECHO_REQUEST);
    for (byte[] each : List.of(raw, nanoseconds, ethernet, cooked)) {
      Invocation run = Invocation.of("filter", "run", program, "--pcap", file("trace.pcap", each));
      assertEquals(0, run.status(), run.err());
      assertEquals(expected, run.lines());
    }
    byte[] arp = pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 1, mac + "0806" + "0001080006040001", "0102");
    assertEquals(
        List.of("packet 1: no IP, passed over", "packet 2: no IP, passed over"),
        Invocation.of("filter", "run", program, "--pcap", file("arp.pcap", arp)).lines());
  }

  @Test
  void shouldSayWhatIsWrongWithAPcapFile() throws IOException {
    String program = file("echo.ebpf", ECHO);
    byte[] good = pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 101, ECHO_REPLY);
    byte[] lying = good.clone();
    ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(32, 0x7fff_ffff);
    for (List<Object> each :
        List.<List<Object>>of(
            List.of(new byte[0], "is empty"),
            List.of(new byte[] {1, 2, 3}, "ends in the middle of its header"),
            List.of("x".repeat(40).getBytes(), "is no pcap file"),
            List.of(new byte[] {0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "pcapng"),
            List.of(pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 105), "link type 105"),
            List.of(lying, "2147483647 octets, at most 262144"),
            List.of(java.util.Arrays.copyOf(good, good.length - 1), "ends in the middle of packet 1"),
            List.of(java.util.Arrays.copyOf(good, 30), "ends in the middle of packet 1"))) {
      Invocation run = Invocation.of("filter", "run", program, "--pcap", file("bad.pcap", (byte[]) each.get(0)));
      assertEquals(1, run.status());
      assertTrue(run.err().contains((String) each.get(1)) && run.err().lines().count() == 1, run.err());
    }
  }

  @Test
  void shouldCompileExpressions() throws IOException {
    String file = folder.resolve("echo.ebpf").toString();
    Invocation run = Invocation.of("filter", "compile", "icmp[icmptype] = icmp-echoreply", "-o", file);
    assumeTrue(!run.err().contains("libpcap"), "optional: needs libpcap");
    assertEquals(0, run.status(), run.err());
    assertEquals("", run.out());
    assertEquals("# icmp[icmptype] = icmp-echoreply", Files.readAllLines(Path.of(file)).get(0));
    assertTrue(Invocation.of("filter", "check", file).out().contains("linux: ok"));
    assertEquals(
        List.of("packet 1: 28 octets, result 262144: taken", "packet 2: 28 octets, result 0: ignored"),
        Invocation.of("filter", "run", file, ECHO_REPLY, ECHO_REQUEST).lines());
    Invocation shown = Invocation.of("filter", "compile", "icmp", "or", "udp", "port", "53");
    assertEquals(0, shown.status());
    assertTrue(shown.lines().get(1).matches("0xbf 6 1 0x0000 0x00000000 +# r6 = r1"), shown.out());
  }

  @Test
  void shouldSayWhatIsNoExpression() {
    Invocation run = Invocation.of("filter", "compile", "icmp and");
    assertEquals(1, run.status());
    assertTrue(run.err().startsWith("pktlab: ") && run.err().contains("expression") && run.err().lines().count() == 1, run.err());
  }
}
