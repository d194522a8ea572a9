package org.pktlab.mlet.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.pktlab.program.EbpfProgram;

class PacketTest {
  private static final InetAddress NOWHERE = ip("0.0.0.0");
  private static final InetAddress TARGET = ip("192.0.2.99");
  private static final InetAddress HERE6 = ip("2001:db8::7");
  private static final InetAddress TARGET6 = ip("2001:db8::99");

  private static InetAddress ip(String text) {
    try {
      return Targets.resolve(text, 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static IpPacket parse(byte[] octets) {
    return IpPacket.of(octets, 0, octets.length);
  }

  @Test
  void shouldMakeTheEchoRequestThatTheProgramsOfTheSpecificationSend() {
    // Recorded of test_icmp_echo: source left to the endpoint, identification and identifier 0x15be.
    IpHeader header = new IpHeader(NOWHERE, TARGET, IpHeader.ICMP, 30, 0, 0x15be, false);
    assertEquals("4500001c15be00001e01c4c000000000c00002630800e24115be0000",
        HexFormat.of().formatHex(Icmp.echoRequest(header, 0x15be, 0, new byte[0])));
  }

  @Test
  void shouldMakeAnIpv6PacketWithChecksumOverThePseudoHeader() {
    IpHeader header = new IpHeader(HERE6, TARGET6, IpHeader.ICMPV6, 9, 0xAB, 0xCDEF1, false);
    byte[] packet = Icmp.echoRequest(header, 0x1234, 1, new byte[] {1, 2, 3});
    assertEquals("6abcdef1000b3a09" + "20010db8000000000000000000000007" + "20010db8000000000000000000000099",
        HexFormat.of().formatHex(packet, 0, 40));
    IpPacket parsed = parse(packet);
    assertTrue(parsed.hasPlausibleChecksum());
    assertEquals(0xAB, parsed.trafficClass());
    assertEquals(0xCDEF1, parsed.label());
    assertEquals(9, parsed.hopLimit());
    packet[41] ^= 1;
    assertFalse(parse(packet).hasPlausibleChecksum());
  }

  @Test
  void shouldSumAsTheStandardDoes() {
    // The example of RFC 1071, section 3.
    assertEquals(0xddf2, Checksum.add(0, hex("0001f203f4f5f6f7"), 0, 8));
    assertEquals(0x220d, Checksum.of(hex("0001f203f4f5f6f7"), 0, 8));
    assertEquals(0xFF00, Checksum.add(0, hex("ff"), 0, 1));
    assertEquals(0xFFFE, Checksum.of(Checksum.add(0xFFFF, 0x10000)));
  }

  @Test
  void shouldReadIpv4WithOptionsAndWhatAnErrorQuotes() {
    String quoted = "460000200007000005110000c0000207c0000263" + "01020304" + "9c40829b000c1234";
    byte[] error = hex("4500003c0000000040010000c6336401c0000207" + "0b00000000000000" + quoted);
    IpPacket packet = parse(error);
    assertTrue(packet.isIcmpError());
    assertEquals("198.51.100.1", packet.source().getHostAddress());
    IpPacket inner = packet.quoted();
    assertEquals(5, inner.hopLimit());
    assertEquals(7, inner.label());
    assertEquals(IpHeader.UDP, inner.protocol());
    assertEquals(40_000, inner.u16(0));
    assertEquals(0x1234, inner.u16(6));
    assertEquals(8, inner.transportLength());
    assertEquals(TARGET, inner.destination());
    assertThrows(IndexOutOfBoundsException.class, () -> inner.u16(7));
    assertThrows(IndexOutOfBoundsException.class, () -> inner.u8(-1));
  }

  @Test
  void shouldPassOverIpv6ExtensionHeaders() {
    String addresses = "20010db800000000000000000000000720010db8000000000000000000000099";
    byte[] packet = hex("6000000000180040" + addresses + "2c00000000000000" + "3a00000000000000" + "8100000012340001");
    IpPacket parsed = parse(packet);
    assertEquals(IpHeader.ICMPV6, parsed.protocol());
    assertEquals(0x1234, parsed.u16(4));
    assertTrue(Icmp.isEchoReply(parsed));
    byte[] later = packet.clone();
    later[51] = 8;
    assertTrue(parse(later).isLaterFragment());
    assertEquals(0, parse(later).transportLength());
    byte[] endless = packet.clone();
    endless[40] = 0;
    endless[41] = 99;
    assertNull(parse(endless));
  }

  @Test
  void shouldTakeNothingElseForIp() {
    assertNull(parse(new byte[0]));
    assertNull(parse(hex("55")));
    assertNull(parse(hex("4500001c")));
    assertNull(parse(hex("4400001c15be00001e01c4c000000000c0000263")));
    assertNull(parse(Arrays.copyOf(hex("6000000000183a40"), 39)));
  }

  @Property
  void shouldReadAnyOctetsWithoutHarm(@ForAll @Size(max = 120) byte[] octets, @ForAll boolean ipv6) {
    if (octets.length > 0) {
      octets[0] = (byte) (ipv6 ? 0x60 | octets[0] & 0xF : 0x40 | octets[0] & 0xF);
    }
    IpPacket packet = IpPacket.of(ByteBuffer.wrap(octets));
    for (int depth = 0; packet != null; depth++) {
      assertTrue(packet.transportLength() >= 0 && packet.transportLength() <= octets.length);
      for (int i = 0; i < packet.transportLength(); i++) {
        assertTrue(packet.u8(i) >= 0);
      }
      assertTrue(packet.hopLimit() >= 0 && packet.label() >= 0 && packet.declaredLength() >= 0);
      packet.hasPlausibleChecksum();
      Icmp.isEchoReply(packet);
      assertNotEquals(null, packet.source());
      assertTrue(depth < 20);
      packet = packet.quoted();
    }
  }

  @Test
  void shouldRefuseHeadersThatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> new IpHeader(NOWHERE, TARGET6, 1, 1, 0, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new IpHeader(NOWHERE, TARGET, 256, 1, 0, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new IpHeader(NOWHERE, TARGET, 1, -1, 0, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new IpHeader(NOWHERE, TARGET, 1, 1, 0, 0x10000, false));
    IpHeader header = new IpHeader(NOWHERE, TARGET, 1, 1, 0, 0, true);
    assertThrows(IllegalArgumentException.class, () -> header.packet(new byte[65_516]));
    assertThrows(IllegalArgumentException.class,
        () -> Icmp.echoRequest(new IpHeader(NOWHERE, TARGET, 17, 1, 0, 0, true), 1, 1, new byte[0]));
  }

  @Test
  void shouldNameIcmpMessages() {
    assertEquals("port unreachable", Icmp.name(4, 3, 3));
    assertEquals("port unreachable", Icmp.name(6, 1, 4));
    assertEquals("time exceeded", Icmp.name(4, 11, 0));
    assertEquals("time exceeded", Icmp.name(6, 3, 0));
    assertEquals("type 3 code 99", Icmp.name(4, 3, 99));
    assertEquals("type 200 code 1", Icmp.name(6, 200, 1));
  }

  @Test
  void shouldAssembleTheFilterOfTheSpecification() {
    EbpfAssembler accept = new EbpfAssembler().octet(9).unlessEqual(1, "drop").half(20).unlessEqual(0, "drop").result(0xFFFF);
    EbpfProgram program = accept.label("drop").result(0).build();
    assertEquals(
        "00" + "bf61000000000000" + "3000000000000009" + "5500000400000001" + "2800000000000014" + "5500000200000000" + "b70000000000ffff"
            + "9500000000000000" + "b700000000000000" + "9500000000000000",
        HexFormat.of().formatHex(program.encode()));
  }

  @Test
  void shouldRefuseJumpsThatGoNowhere() {
    assertThrows(IllegalArgumentException.class, () -> new EbpfAssembler().go("nowhere").build());
    assertThrows(IllegalArgumentException.class, () -> new EbpfAssembler().label("back").octet(0).go("back").build());
    assertThrows(IllegalArgumentException.class, () -> new EbpfAssembler().label("a").label("a"));
    assertThrows(IllegalArgumentException.class, () -> CaptureFilters.ports(4, 1, 1, 1));
  }

  @Test
  void shouldWriteAddressesAsIsCustomary() throws Exception {
    for (String text :
        new String[] {"192.0.2.1", "::", "::1", "1::", "fd09::1", "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "2001:db8::1:0:0:1",
            "1:2:3:4:5:6:7:8", "::2:3:4:5:6:7:8", "fe80::abcd:0:12"}) {
      String expected = text.equals("::2:3:4:5:6:7:8") ? "0:2:3:4:5:6:7:8" : text;
      assertEquals(expected, AddressText.of(InetAddress.getByName(text)));
    }
    assertEquals("fe80::1", AddressText.of(java.net.Inet6Address.getByAddress(null, Targets.resolve("fe80::1", 6).getAddress(), 3)));
  }

  @Test
  void shouldReadTargets() throws Exception {
    assertEquals(TARGET, Targets.resolve("192.0.2.99", 4));
    assertEquals(TARGET6, Targets.resolve("2001:DB8::99", 0));
    assertTrue(Targets.resolve("localhost", 0).isLoopbackAddress());
    for (String wrong :
        new String[] {"", " ", "192.0.2.256", "1.2.3", "12", "a..b", "-\u0007", ":::1", "fe80::1%eth0", "x".repeat(64), "192.0.2.1/24"}) {
      IOException e = assertThrows(IOException.class, () -> Targets.resolve(wrong, 0), wrong);
      assertTrue(e.getMessage().startsWith("'" + wrong.substring(0, Math.min(9, wrong.length()))), e.getMessage());
    }
    assertThrows(IOException.class, () -> Targets.resolve("192.0.2.99", 6));
  }

  @Test
  void shouldTakeTheFamilyOfTheSource() throws Exception {
    assertEquals(new Source(null, 0), Source.of(null, 0));
    assertEquals(new Source(null, 6), Source.of(null, 6));
    assertEquals(new Source(TARGET, 4), Source.of("192.0.2.99", 0));
    assertEquals(new Source(TARGET6, 6), Source.of("2001:db8::99", 6));
    assertThrows(IOException.class, () -> Source.of("192.0.2.99", 6));
  }
}
