package org.pktlab.transport.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawHeadersTest {
  @ParameterizedTest
  @CsvSource({
    "false, 0, 22", "false, 19, 22", "false, 20, 0", "false, 65535, 0", "false, 65536, 90",
    "true, 0, 22", "true, 39, 22", "true, 40, 0", "true, 65535, 0", "true, 65536, 90"
  })
  void shouldJudgeLengths(boolean ipv6, int length, int error) {
    assertEquals(error, RawHeaders.lengthError(ipv6, length));
  }

  @ParameterizedTest
  @CsvSource({
    "false, 20, 0x45, 0", "false, 20, 0x44, 22", "false, 20, 0x46, 22", "false, 24, 0x46, 0", "false, 60, 0x4F, 0", "false, 59, 0x4F, 22",
    "false, 40, 0x65, 22", "false, 20, 0x05, 22", "true, 40, 0x60, 0", "true, 40, 0x6F, 0", "true, 40, 0x45, 22", "true, 40, 0xE0, 22"
  })
  void shouldJudgeHeaders(boolean ipv6, int length, String first, int error) {
    assertEquals(error, RawHeaders.headerError(ipv6, length, Integer.decode(first)));
  }

  @ParameterizedTest
  @CsvSource({
    "fe80::1, true", "febf::1, true", "fec0::1, false", "fe7f::1, false", "ff01::1, true", "ff02::1, true", "ff12::1, true", "ff05::1, false",
    "ff0e::1, false", "2001:db8::1, false", "::1, false"
  })
  void shouldKnowWhatNeedsAnInterface(String address, boolean linkLocal) throws Exception {
    byte[] octets = InetAddress.getByName(address).getAddress();
    assertEquals(linkLocal, RawHeaders.isLinkLocal(octets[0] & 0xFF, octets[1]));
    assertEquals(linkLocal, RawHeaders.isLinkLocal(octets[0] & 0xFF, octets[1] & 0xFF));
  }
}
