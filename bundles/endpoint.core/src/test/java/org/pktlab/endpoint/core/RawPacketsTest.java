package org.pktlab.endpoint.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which raw packets may leave (protocol specification, section 8.2). */
class RawPacketsTest {
  @ParameterizedTest
  @CsvSource({
    "4, 4, 20, 192.0.2.1, true",
    "4, 4, 20, 0.0.0.0, true",
    "4, 4, 20, 192.0.2.2, false",
    "4, 4, 19, 192.0.2.1, false",
    "4, 4, 0, 192.0.2.1, false",
    "4, 6, 40, 192.0.2.1, false",
    "4, 0, 20, 192.0.2.1, false",
    "6, 6, 40, 2001:db8::1, true",
    "6, 6, 40, ::, true",
    "6, 6, 40, 2001:db8::2, false",
    "6, 6, 39, 2001:db8::1, false",
    "6, 4, 40, 2001:db8::1, false",
  })
  void shouldLetOnlyOwnPacketsOfItsFamilyLeave(int family, int version, int length, String source, boolean may) throws Exception {
    ExportedHost host =
        new ExportedHost(
            List.of(new ExportedHost.Prefix(InetAddress.getByName("192.0.2.1"), 24)), List.of(InetAddress.getByName("2001:db8::1")), List.of(), List.of(), "");
    byte[] header = new byte[64];
    header[3] = (byte) (version << 4);
    byte[] address = InetAddress.getByName(source).getAddress();
    System.arraycopy(address, 0, header, 3 + (family == 4 ? 12 : 8), address.length);
    assertEquals(may, RawPackets.mayLeave(family, ByteBuffer.wrap(header, 3, length), host));
  }
}
