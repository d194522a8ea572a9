package org.pktlab.rendezvous;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "host.example,host.example,7",
    "host.example:,host.example,7",
    "host.example:80,host.example,80",
    "host:80,host,80",
    "host:,host,7",
    "abcd:65535,abcd,65535",
    "127.0.0.1:0,127.0.0.1,0",
    "0.0.0.0:00020556,0.0.0.0,20556",
    "[::1]:20556,::1,20556",
    "[::1],::1,7",
    "[::1]:,::1,7",
    "::1,::1,7",
    "::,::,7",
    "2001:db8::1,2001:db8::1,7",
    "fe80::1,fe80::1,7",
    "[fe80::1%eth0]:5,fe80::1%eth0,5",
    "::ffff:192.0.2.1,::ffff:192.0.2.1,7",
    "1:2:3:4:5:6:7:8,1:2:3:4:5:6:7:8,7",
    "1:2:3:4:5:6:7::,1:2:3:4:5:6:7::,7",
    "1:2:3:4:5:6:1.2.3.4,1:2:3:4:5:6:1.2.3.4,7",
    "[host.example]:5,host.example,5",
    "my_host-1,my_host-1,7"
  })
  void shouldReadEveryForm(String text, String host, int port) throws RendezvousException {
    assertEquals(new Address(host, port), Address.parse(text, 7));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ":", ":80", "[]", "[]:5", "[::1", "[::1]5", "host:65536", "host:-1", "host:+1", "host: 1", "host:99999999999999999999",
        "host:a", "ho st", "host/x", "*", "a:b:c", "::1::", ":::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "12345::", "::1.2.3",
        "::1.2.3.256", "::g", "::1%", "1::2::3", "1.2.3.4::", "[a:b]:5", "[host:80]", "::1%a b", "[::1]:5:6", "hôst"
      })
  void shouldRefuseWhatIsNoAddress(String text) {
    assertThrows(RendezvousException.class, () -> Address.parse(text, 7));
  }

  @Test
  void shouldRefuseWhatIsTooLong() throws RendezvousException {
    assertEquals(255, Address.parse("h".repeat(255), 1).host().length());
    assertThrows(RendezvousException.class, () -> Address.parse("h".repeat(256), 1));
    assertThrows(RendezvousException.class, () -> Address.parse("h:" + "0".repeat(100_000), 1));
    assertThrows(IllegalArgumentException.class, () -> new Address("h".repeat(256), 1));
    assertThrows(IllegalArgumentException.class, () -> new Address("h", 65_536));
    assertThrows(IllegalArgumentException.class, () -> new Address("h:1", 1));
  }

  @Test
  void shouldBracketLiteralsWhenWritten() {
    assertEquals("[::1]:5", new Address("::1", 5).toString());
    assertEquals("a.example:5", new Address("a.example", 6).withPort(5).toString());
    assertTrue(new Address("::1", 5).isIpv6Literal());
    assertFalse(new Address("127.0.0.1", 5).isIpv6Literal());
  }

  @Property(tries = 1_000)
  void shouldGiveAResultOrTheCheckedExceptionForAnyText(@ForAll String any, @ForAll("near") String near) {
    for (String text : new String[] {any, near}) {
      try {
        Address address = Address.parse(text, 1);
        assertEquals(address, Address.parse(address.toString(), 9));
      } catch (RendezvousException e) {
        assertTrue(e.position() >= 0 && e.position() <= text.length());
      }
    }
  }

  @Provide
  Arbitrary<String> near() {
    return Arbitraries.strings().withChars("[]:.%af10").ofMaxLength(16);
  }
}
