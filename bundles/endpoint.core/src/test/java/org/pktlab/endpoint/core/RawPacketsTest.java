package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which raw packets may leave (protocol specification, section 8.2). */
class RawPacketsTest {
  private static final int BEFORE = 3;

  private static RawPackets packets(List<String> ipv4, List<String> ipv6) {
    List<ExportedHost.Prefix> prefixes = ipv4.stream().map(address -> new ExportedHost.Prefix(Rig.ip(address), 24)).toList();
    return new RawPackets(new ExportedHost(prefixes, ipv6.stream().map(Rig::ip).toList(), List.of(), List.of(), ""));
  }

  private static ByteBuffer packet(int family, int version, int length, byte[] source) {
    byte[] octets = new byte[64];
    octets[BEFORE] = (byte) (version << 4);
    System.arraycopy(source, 0, octets, BEFORE + (family == 4 ? 12 : 8), source.length);
    return ByteBuffer.wrap(octets, BEFORE, length);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 4, 20, 192.0.2.1, true",
    "4, 4, 20, 198.51.100.7, true",
    "4, 4, 20, 0.0.0.0, true",
    "4, 4, 20, 192.0.2.2, false",
    "4, 4, 20, 192.0.3.1, false",
    "4, 4, 20, 0.0.0.1, false",
    "4, 4, 19, 192.0.2.1, false",
    "4, 4, 0, 192.0.2.1, false",
    "4, 6, 40, 192.0.2.1, false",
    "4, 0, 20, 192.0.2.1, false",
    "6, 6, 40, 2001:db8::1, true",
    "6, 6, 40, 2001:db8:7::, true",
    "6, 6, 40, ::, true",
    "6, 6, 40, 2001:db8::2, false",
    "6, 6, 40, 3001:db8::1, false",
    "6, 6, 40, ::1, false",
    "6, 6, 39, 2001:db8::1, false",
    "6, 4, 40, 2001:db8::1, false",
  })
  void shouldLetOnlyOwnPacketsOfItsFamilyLeave(int family, int version, int length, String source, boolean may) throws Exception {
    RawPackets packets = packets(List.of("192.0.2.1", "198.51.100.7"), List.of("2001:db8::1", "2001:db8:7::"));
    ByteBuffer packet = packet(family, version, length, InetAddress.getByName(source).getAddress());
    assertEquals(may, packets.mayLeave(family, packet));
    assertEquals(BEFORE, packet.position());
    assertEquals(length, packet.remaining());
  }

  @ParameterizedTest
  @CsvSource({"4, 192.0.2.1", "6, 2001:db8::1"})
  void shouldLetOnlyTheUnspecifiedSourceLeaveWhereNothingIsExported(int family, String source) throws Exception {
    RawPackets packets = packets(List.of(), List.of());
    byte[] octets = InetAddress.getByName(source).getAddress();
    assertFalse(packets.mayLeave(family, packet(family, family, 40, octets)));
    assertTrue(packets.mayLeave(family, packet(family, family, 40, new byte[octets.length])));
  }

  @Test
  void shouldNotTakeAnIpv6AddressThatHoldsAnExportedIpv4Address() {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xFF;
    mapped[11] = (byte) 0xFF;
    System.arraycopy(Rig.ip("192.0.2.1").getAddress(), 0, mapped, 12, 4);
    assertFalse(packets(List.of("192.0.2.1"), List.of("2001:db8::1")).mayLeave(6, packet(6, 6, 40, mapped)));
  }
}
