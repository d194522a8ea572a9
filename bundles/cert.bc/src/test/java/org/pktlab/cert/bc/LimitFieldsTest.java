package org.pktlab.cert.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pktlab.cert.bc.CraftedCertificate.exppriv;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pktlab.cert.CertificateFault;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.NamedValue;
import org.pktlab.cert.bc.NameValueText.Field;
import org.pktlab.cert.bc.NameValueText.MalformedTextException;

/** Name-value strings and the lenient reading of limits. */
class LimitFieldsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=b", "a=b;;", ";", "=b;", "a;", "a=b=c;", " a=b;", "a =b;", "a=b;\n", "a=b+c;", "a=b;a=c;", "a.b=c;", "*a=b;", "a=b;\u00e9=c;"
      })
  void shouldRefuseMalformedInfo(String text) {
    assertThrows(MalformedTextException.class, () -> parse(text, Field.INFO));
  }

  @Test
  void shouldReadWellFormedStrings() throws Exception {
    assertEquals(List.of(new NamedValue("a_-9", " \t_-.:[],/()", false)), parse("a_-9= \t_-.:[],/();", Field.INFO));
    assertEquals(List.of(new NamedValue("", "", true)), parse("*=;", Field.LIMIT));
    assertEquals(
        List.of(new NamedValue("x", "1", false), new NamedValue("x", "2", true)), parse("x=1;*x=2;", Field.LIMIT));
    assertThrows(MalformedTextException.class, () -> parse("**x=1;", Field.LIMIT));
    assertThrows(MalformedTextException.class, () -> parse("x*=1;", Field.LIMIT));
    assertThrows(MalformedTextException.class, () -> parse("*x=1;*x=1;", Field.LIMIT));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0", "0, 0", "7, 7", "007, 7", "' 7', 7", "'\t 7', 7", "-0, 0", "-1, 18446744073709551615", "' -2', 18446744073709551614",
    "18446744073709551615, 18446744073709551615", "-18446744073709551615, 1"
  })
  void shouldReadNumbersLeniently(String text, String value) throws Exception {
    assertEquals(Long.parseUnsignedLong(value), limits("max_send_byte=" + text + ";").maxSendOctets());
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "-", "- 1", "--1", "5 ", "0x10", "1k", "1.5", "18446744073709551616", "99999999999999999999", "high"})
  void shouldRefuseOtherNumbers(String text) {
    refuse(CertificateFault.BAD_MAX_SEND_BYTE, "max_send_byte=" + text + ";");
  }

  @Test
  void shouldNameTheBadField() {
    refuse(CertificateFault.BAD_MONITOR_DIGESTS, "monitor=12;max_num_priority=x;");
    refuse(CertificateFault.BAD_MAX_NUM_PRIORITY, "max_socket_count=x;max_num_priority=x;");
    refuse(CertificateFault.BAD_MAX_SOCKET_COUNT, "max_exp_period=x;max_socket_count=x;");
    refuse(CertificateFault.BAD_MAX_EXP_PERIOD, "max_send_byte=x;max_exp_period=x;");
    refuse(CertificateFault.BAD_MAX_SEND_BYTE, "max_send_pkt=x;max_send_byte=x;");
    refuse(CertificateFault.BAD_MAX_SEND_PKT, "max_recv_byte=x;max_send_pkt=x;");
    refuse(CertificateFault.BAD_MAX_RECV_BYTE, "max_recv_pkt=x;max_recv_byte=x;");
    refuse(CertificateFault.BAD_MAX_RECV_PKT, "src_ip_spoofing=x;max_recv_pkt=x;");
    refuse(CertificateFault.BAD_SRC_IP_SPOOFING, "valid_dest=x;src_ip_spoofing=2;");
    refuse(CertificateFault.BAD_VALID_DEST, "max_burst_rate_byte=x;valid_dest=10.0.0.0/33;");
    refuse(CertificateFault.BAD_MAX_BURST_RATE, "max_burst_rate_byte=10;");
    refuse(CertificateFault.BAD_MAX_BURST_RATE, "max_burst_rate_pkt=1/2,;");
    refuse(CertificateFault.BAD_MAX_BURST_RATE, "max_burst_rate_pkt=1/2/3;");
    refuse(CertificateFault.BAD_MAX_BURST_RATE, "max_burst_rate_pkt=1/;");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "10.1", "010.0.0.1", "10.0.0.256", "10.0.0.1,", "10.0.0.1, 10.0.0.2", "host", "10.0.0.1.2", "::1/129", "1::2::3", ":::",
        "12345::", "10.0.0.0/-1", "10.0.0.0/33", "10.0.0.0/4294967304"
      })
  void shouldRefuseOtherDestinations(String text) {
    refuse(CertificateFault.BAD_VALID_DEST, "valid_dest=" + text + ";");
  }

  @Test
  void shouldMatchDestinations() throws Exception {
    assertTrue(matches("127.0.0.0/8", "7f000001"));
    assertFalse(matches("127.0.0.1/8", "7f000001"));
    assertTrue(matches("0.0.0.0/0", "c0000201"));
    assertTrue(matches("0.0.0.0/x", "c0000201"));
    assertFalse(matches("0.0.0.0/0", "20010db8000000000000000000000001"));
    assertTrue(matches("2001:db8::/33", "20010db87fff00000000000000000001"));
    assertFalse(matches("2001:db8::/33", "20010db8800000000000000000000001"));
    assertTrue(matches("::ffff:192.0.2.1", "00000000000000000000ffffc0000201"));
    assertTrue(matches("10.0.0.0/8,192.0.2.0/24", "c00002ff"));
  }

  @Test
  void shouldReadRatesAndDigests() throws Exception {
    assertEquals("[0/5, 18446744073709551615/1]", limits("max_burst_rate_byte=/5,-1/1;").octetRates().toString());
    assertEquals(List.of(), limits("monitor=;").monitors());
    String digest = "Ab".repeat(32);
    assertEquals("[" + "ab".repeat(32) + "]", limits("monitor=" + digest + ";").monitors().toString());
    assertEquals(Boolean.FALSE, limits("src_ip_spoofing=;").sourceSpoofing());
  }

  @Test
  void shouldCarryUnknownLimitsAlongWhateverTheirLength() throws Exception {
    String longValue = "v".repeat(20_000);
    List<NamedValue> expected =
        List.of(
            new NamedValue("frobnicate", "1", false), new NamedValue("frobnicate", longValue, true), new NamedValue("filter", "ab", false));
    assertEquals(expected, limits("frobnicate=1;*frobnicate=" + longValue + ";filter=ab;").auxiliary());
  }

  private static boolean matches(String destinations, String address) throws CertificateRefusedException {
    byte[] octets = HexFormat.of().parseHex(address);
    return limits("valid_dest=" + destinations + ";").destinations().stream().anyMatch(range -> range.matches(octets));
  }

  private static CertificateLimits limits(String text) throws CertificateRefusedException {
    return BouncyCastleTrust.decoder().decode(exppriv().limits(text).der()).limits();
  }

  private static void refuse(CertificateFault expected, String text) {
    CertificateRefusedException refusal = assertThrows(CertificateRefusedException.class, () -> limits(text), text);
    assertEquals(expected, refusal.fault(), text);
  }

  private static List<NamedValue> parse(String text, Field field) throws MalformedTextException {
    return NameValueText.parse(text.getBytes(StandardCharsets.ISO_8859_1), field);
  }
}
