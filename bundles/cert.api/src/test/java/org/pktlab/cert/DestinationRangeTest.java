package org.pktlab.cert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as text, and what a range matches. */
class DestinationRangeTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 00000000",
    "192.0.2.255, c00002ff",
    "::, 00000000000000000000000000000000",
    "::1, 00000000000000000000000000000001",
    "1::, 00010000000000000000000000000000",
    "2001:DB8::a:0, 20010db80000000000000000000a0000",
    "1:2:3:4:5:6:7:8, 00010002000300040005000600070008",
    "1:2:3:4:5:6:192.0.2.1, 000100020003000400050006c0000201",
    "::ffff:192.0.2.1, 00000000000000000000ffffc0000201",
    "1:2:3:4:5:6:7::, 00010002000300040005000600070000"
  })
  void shouldReadAddresses(String text, String hex) {
    assertEquals(hex, HexFormat.of().formatHex(DestinationRange.parseAddress(text).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.00", "1.2.3.4 ", " 1.2.3.4", "1..2.3", "+1.2.3.4", "0x1.2.3.4",
        "localhost", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%lo", ":1::2", "1::2:",
        "1:2:3:4:5:6:7::8:9", "::1.2.3", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "[::1]", "1:2:3:4::5:6:7:8"
      })
  void shouldRefuseOtherText(String text) {
    assertTrue(DestinationRange.parseAddress(text).isEmpty(), text);
  }

  @Property
  void shouldReadWhatItWrites(@ForAll @Size(16) byte[] octets, @ForAll @IntRange(max = 7) int zeroGroup) throws UnknownHostException {
    octets[2 * zeroGroup] = 0;
    octets[2 * zeroGroup + 1] = 0;
    String text = new DestinationRange(octets, 128).toString();
    assertArrayEquals(octets, DestinationRange.parseAddress(text).orElseThrow());
    byte[] platform = InetAddress.getByName(text).getAddress();
    if (platform.length == 16) {
      assertArrayEquals(octets, platform);
    }
  }

  @Property
  void shouldMatchEverythingBehindThePrefix(@ForAll @Size(4) byte[] octets, @ForAll @IntRange(max = 32) int prefix) {
    byte[] network = octets.clone();
    byte[] mask = new DestinationRange(octets, prefix).mask();
    for (int i = 0; i < 4; i++) {
      network[i] &= mask[i];
    }
    DestinationRange range = new DestinationRange(network, prefix);
    assertFalse(range.hasHostBits());
    assertTrue(range.matches(octets));
    assertEquals(new DestinationRange(octets, prefix).hasHostBits(), !new DestinationRange(octets, prefix).matches(octets));
  }

  @Test
  void shouldWriteAddressesShort() {
    assertEquals("::/0", new DestinationRange(new byte[16], 0).toString());
    assertEquals("10.0.0.0/8", new DestinationRange(new byte[] {10, 0, 0, 0}, 8).toString());
    assertEquals("10.0.0.1", new DestinationRange(new byte[] {10, 0, 0, 1}, 32).toString());
    assertEquals("2001:db8::1:0:0:1", text("20010db8000000000001000000000001"));
    assertEquals("1:0:2:3:4:5:6:7", text("00010000000200030004000500060007"));
  }

  @Test
  void shouldRefuseImpossibleRanges() {
    assertThrows(IllegalArgumentException.class, () -> new DestinationRange(new byte[5], 0));
    assertThrows(IllegalArgumentException.class, () -> new DestinationRange(new byte[4], 33));
    assertThrows(IllegalArgumentException.class, () -> new DestinationRange(new byte[4], -1));
  }

  private static String text(String hex) {
    return new DestinationRange(HexFormat.of().parseHex(hex), 128).toString();
  }
}
