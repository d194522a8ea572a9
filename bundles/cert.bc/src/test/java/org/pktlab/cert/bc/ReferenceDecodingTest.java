package org.pktlab.cert.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateFault;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.NamedValue;
import org.pktlab.cert.Rate;

/** Every certificate of the reference set, field by field, and every case of single decoding. */
class ReferenceDecodingTest {
  private static final HexFormat HEX = HexFormat.of();

  static Stream<String> certificateNames() {
    return ReferenceSet.certificates().keySet().stream();
  }

  static Stream<String> decodeCases() {
    return ReferenceSet.cases("decode_certificate").stream().map(one -> one.get("id").asText());
  }

  @Test
  void shouldHoldTheWholeSet() {
    assertEquals(104, ReferenceSet.certificates().size());
    assertEquals(51, ReferenceSet.cases("decode_certificate").size());
    assertEquals(151, ReferenceSet.caseCount());
  }

  @ParameterizedTest
  @MethodSource("certificateNames")
  void shouldReadEveryFieldAsTheReferenceDoes(String name) throws Exception {
    JsonNode entry = ReferenceSet.certificates().get(name);
    JsonNode expected = entry.get("reference_decode");
    byte[] der = ReferenceSet.certificate(name);
    assertEquals(entry.get("sha256_of_der").asText(), HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(der)));
    switch (expected.get("outcome").asText()) {
      case "accept":
        compareBasic(expected, BasicDecoding.decode(der, null));
        compare(expected, BouncyCastleTrust.decoder().decode(der));
        break;
      case "reject":
        CertificateRefusedException refusal = refusal(der, null);
        assertEquals(expected.get("code").asInt(), refusal.code());
        assertEquals(expected.get("name").asText(), refusal.reason());
        break;
      case "accept_basic_reject_detail":
        compareBasic(expected, BasicDecoding.decode(der, null));
        CertificateRefusedException detail = refusal(der, null);
        assertEquals(expected.get("detail_code").asInt(), detail.code());
        assertEquals(expected.get("detail_name").asText(), detail.reason());
        assertTrue(detail.fault().isDetail());
        break;
      case "reference_crash":
        assertEquals(CertificateFault.BAD_CERT_LIMIT, refusal(der, null).fault());
        break;
      default:
        throw new AssertionError("unknown outcome of " + name);
    }
  }

  @ParameterizedTest
  @MethodSource("decodeCases")
  void shouldGiveTheVerdictOfTheReference(String id) throws Exception {
    JsonNode one =
        ReferenceSet.cases("decode_certificate").stream().filter(c -> c.get("id").asText().equals(id)).findFirst().orElseThrow();
    JsonNode expected = one.get("reference");
    byte[] der = ReferenceSet.certificate(one.get("certs").get(0).asText());
    Ed25519PublicKey signer = one.get("signing_key").isNull() ? null : ReferenceSet.publicKey(one.get("signing_key").asText());
    if (expected.get("verdict").asText().equals("accept")) {
      Certificate certificate =
          signer == null ? BouncyCastleTrust.decoder().decode(der) : BouncyCastleTrust.decoder().decode(der, signer);
      assertEquals(HEX.formatHex(der), HEX.formatHex(certificate.der()));
      return;
    }
    CertificateRefusedException refusal = refusal(der, signer);
    boolean detail = expected.get("verdict").asText().equals("accept_basic_reject_detail");
    assertEquals(expected.get(detail ? "detail_code" : "code").asInt(), refusal.code());
    assertEquals(expected.get(detail ? "detail_name" : "name").asText(), refusal.reason());
    assertEquals(detail, refusal.fault().isDetail());
  }

  private static CertificateRefusedException refusal(byte[] der, Ed25519PublicKey signer) {
    return assertThrows(
        CertificateRefusedException.class,
        () -> {
          if (signer == null) {
            BouncyCastleTrust.decoder().decode(der);
          } else {
            BouncyCastleTrust.decoder().decode(der, signer);
          }
        });
  }

  private static void compareBasic(JsonNode expected, BasicCertificate basic) {
    assertEquals(expected.get("serial").asText(), HEX.formatHex(basic.serial()));
    assertEquals(expected.get("not_before_ns").asLong(), basic.notBeforeNs());
    assertEquals(expected.get("not_after_ns").asLong(), basic.notAfterNs());
    assertEquals(expected.get("publickey").asText(), basic.publicKey().toString());
    assertEquals(expected.get("aki").asText(), basic.authorityKeyId().toString());
    assertEquals(expected.get("ski").asText(), basic.publicKey().keyId().toString());
    assertEquals(expected.get("pathlen").asLong(), basic.pathLength());
    assertEquals(expected.get("cert_info").asText(), basic.certInfo());
    assertEquals(text(expected.get("cert_limit")), basic.certLimit());
  }

  private static void compare(JsonNode expected, Certificate certificate) {
    assertEquals(expected.get("serial").asText(), HEX.formatHex(certificate.serial()));
    assertEquals(expected.get("not_before_ns").asLong(), certificate.notBeforeNs());
    assertEquals(expected.get("not_after_ns").asLong(), certificate.notAfterNs());
    assertEquals(expected.get("ski").asText(), certificate.subjectKeyId().toString());
    assertEquals(expected.get("cert_info").asText(), certificate.certInfo());
    assertEquals(text(expected.get("cert_limit")), certificate.certLimit());
    JsonNode fields = expected.get("fields");
    assertEquals(fields.get("cert_type").asText(), certificate.kind().text());
    assertEquals(fields.get("del_type").asInt(), mask(certificate.delegated()));
    assertEquals(text(fields.get("cert_desc")), certificate.description());
    assertEquals(pairs(fields.get("aux_info")), certificate.auxiliary());

    CertificateLimits limits = certificate.limits();
    List<String> monitors = new ArrayList<>();
    fields.get("monitor_digests").forEach(digest -> monitors.add(digest.asText()));
    assertEquals(monitors, limits.monitors().stream().map(Object::toString).toList());
    assertEquals(number(fields.get("max_num_priority")), limits.maxPriority());
    assertEquals(number(fields.get("max_socket_count")), limits.maxSockets());
    assertEquals(number(fields.get("max_exp_period")), limits.maxRunTimeNs());
    assertEquals(number(fields.get("max_send_byte")), limits.maxSendOctets());
    assertEquals(number(fields.get("max_send_pkt")), limits.maxSendPackets());
    assertEquals(number(fields.get("max_recv_byte")), limits.maxReceiveOctets());
    assertEquals(number(fields.get("max_recv_pkt")), limits.maxReceivePackets());
    JsonNode spoofing = fields.get("src_ip_spoofing");
    if (spoofing.isNull()) {
      assertNull(limits.sourceSpoofing());
    } else {
      assertEquals(spoofing.asInt() == 1, limits.sourceSpoofing());
    }
    assertEquals(rates(fields.get("max_burst_rate_byte")), limits.octetRates());
    assertEquals(rates(fields.get("max_burst_rate_pkt")), limits.packetRates());
    assertEquals(destinations(fields.get("valid_dest")), limits.destinations().stream().map(ReferenceDecodingTest::text).toList());
    assertEquals(pairs(fields.get("aux_limit")), limits.auxiliary());
  }

  private static int mask(Set<DelegatedPrivilege> delegated) {
    return (delegated.contains(DelegatedPrivilege.EXPPRIV) ? 1 : 0) + (delegated.contains(DelegatedPrivilege.REPPRIV) ? 2 : 0);
  }

  private static String text(JsonNode node) {
    return node == null || node.isNull() ? null : node.asText();
  }

  private static String text(DestinationRange range) {
    return (range.isIpv6() ? "6 " : "4 ") + HEX.formatHex(range.address()) + " " + HEX.formatHex(range.mask());
  }

  private static Long number(JsonNode node) {
    return node.isNull() ? null : node.bigIntegerValue().longValue();
  }

  private static List<Rate> rates(JsonNode node) {
    List<Rate> rates = new ArrayList<>();
    node.forEach(rate -> rates.add(new Rate(number(rate.get("cnt")), number(rate.get("win")))));
    return rates;
  }

  private static List<String> destinations(JsonNode node) {
    List<String> ranges = new ArrayList<>();
    node.forEach(
        range -> ranges.add(range.get("family").asInt() + " " + range.get("addr").asText() + " " + range.get("mask").asText()));
    return ranges;
  }

  private static List<NamedValue> pairs(JsonNode node) {
    List<NamedValue> pairs = new ArrayList<>();
    node.forEach(
        pair -> pairs.add(new NamedValue(pair.get("name").asText(), pair.get("value").asText(), pair.get("optional").asBoolean())));
    return pairs;
  }
}
