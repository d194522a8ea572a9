package org.pktlab.cert.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateFault;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.DestinationRange;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.KeyId;
import org.pktlab.cert.NamedValue;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.cert.Rate;

/** What is issued is, octet for octet, what the certificate tool writes. */
class IssuingTest {
  private static final CertificateIssuer ISSUER = BouncyCastleTrust.issuer();
  private static final Instant START = Instant.EPOCH;
  private static final Instant END = Instant.ofEpochSecond(2_147_483_647L);

  /** Certificates that decode but were not written by the tool: other names, orders, algorithms of writing, or damaged signatures. */
  private static final Set<String> NOT_BY_THE_TOOL =
      Set.of(
          "agent_badsig",
          "agent_desc_order",
          "delpriv_limits",
          "exppriv_badsig",
          "exppriv_cdp",
          "exppriv_crl_ku",
          "exppriv_ku_noncritical",
          "exppriv_other_cn",
          "pubcmd_badsig",
          "pubcmd_wrongsigner",
          "subcmd_badsig",
          "subcmd_deop_badsig");

  @Test
  void shouldRecreateCertificatesOctetForOctet() throws Exception {
    Set<String> different = new TreeSet<>();
    int same = 0;
    for (String name : ReferenceSet.certificates().keySet()) {
      Certificate original;
      try {
        original = BouncyCastleTrust.decoder().decode(ReferenceSet.certificate(name));
      } catch (CertificateRefusedException e) {
        continue;
      }
      Certificate copy =
          ISSUER.issue(
              optionsOf(original),
              signer(original.authorityKeyId()),
              original.publicKey(),
              Instant.ofEpochSecond(original.notBeforeNs() / 1_000_000_000L),
              Instant.ofEpochSecond(original.notAfterNs() / 1_000_000_000L),
              original::serial);
      if (copy.equals(original)) {
        same++;
      } else {
        different.add(name);
      }
    }
    assertEquals(new TreeSet<>(NOT_BY_THE_TOOL), different);
    assertEquals(44, same);
  }

  @Test
  void shouldWriteTheExampleOfTheSpecification() throws Exception {
    Certificate certificate =
        ISSUER.issue(
            CertificateOptions.of(CertificateKind.SUBCMD),
            ReferenceSet.privateKey("k_eop"),
            ReferenceSet.publicKey("k_ep"),
            START,
            END,
            () -> HexFormat.of().parseHex("af3287e08d5144eab2ad5f188ad67172"));
    assertEquals(372, certificate.der().length);
    assertEquals(
        HexFormat.of().formatHex(ReferenceSet.certificate("init_subcmd_eop_ep")), HexFormat.of().formatHex(certificate.der()));
  }

  @Test
  void shouldReadAndRecreateRequests() throws Exception {
    for (Map.Entry<String, JsonNode> entry : ReferenceSet.requests().entrySet()) {
      CertificateRequest request = BouncyCastleTrust.credentialFiles().readRequest(ReferenceSet.file("csrs/" + entry.getKey()));
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(request.der());
      assertEquals(entry.getValue().get("sha256_of_der").asText(), HexFormat.of().formatHex(hash));
      CertificateRequest copy = ISSUER.request(request.options(), signer(request.publicKey().keyId()));
      assertEquals(HexFormat.of().formatHex(request.der()), HexFormat.of().formatHex(copy.der()), entry.getKey());
    }
  }

  @Test
  void shouldReadEveryFieldOfARequest() throws Exception {
    CertificateRequest request = BouncyCastleTrust.credentialFiles().readRequest(ReferenceSet.file("csrs/exppriv_full.csr"));
    assertEquals(ReferenceSet.publicKey("k_exper2"), request.publicKey());
    CertificateOptions options = request.options();
    assertEquals(CertificateKind.EXPPRIV, options.kind());
    assertEquals(2, options.pathLength());
    assertEquals("full request", options.description());
    assertEquals(5L, options.limits().maxPriority());
    assertEquals("[192.0.2.0/24]", options.limits().destinations().toString());
    assertEquals(
        List.of(ProgramDigest.ofHex("93d659ec4b6276f29ac84ed8143fdf7f3b154a40519db9eb1f55f1a1c31505e5")), options.limits().monitors());
    Certificate certificate =
        ISSUER.issue(options, ReferenceSet.privateKey("k_eop"), request.publicKey(), START, END, ISSUER.randomSerials());
    assertEquals(2, certificate.pathLength());
    assertEquals("max_num_priority=7;", limitsAfter(options.withLimits(CertificateLimits.builder().maxPriority(7L).build())));
  }

  @Test
  void shouldRefuseDamagedRequests() throws Exception {
    byte[] der = BouncyCastleTrust.credentialFiles().readRequest(ReferenceSet.file("csrs/exppriv_full.csr")).der();
    der[der.length - 1] ^= 1;
    CertificateRefusedException refusal =
        assertThrows(CertificateRefusedException.class, () -> BouncyCastleTrust.decoder().decodeRequest(der));
    assertEquals(CertificateFault.BAD_SIGNATURE, refusal.fault());
  }

  @Test
  void shouldWriteLimitsInTheOrderOfTheTool() throws Exception {
    CertificateLimits limits =
        CertificateLimits.builder()
            .auxiliary(List.of(new NamedValue("later", "1", true), new NamedValue("filter", "ab", false)))
            .sourceSpoofing(true)
            .destinations(List.of(new DestinationRange(new byte[16], 0), new DestinationRange(new byte[] {10, 0, 0, 1}, 32)))
            .packetRates(List.of(new Rate(0, 5)))
            .octetRates(List.of(new Rate(-1, 7), new Rate(2, 8)))
            .maxReceivePackets(8L)
            .maxReceiveOctets(7L)
            .maxSendPackets(6L)
            .maxSendOctets(5L)
            .maxRunTimeNs(-1L)
            .maxSockets(3L)
            .maxPriority(2L)
            .monitors(List.of(ProgramDigest.of(new byte[32])))
            .build();
    String expected =
        "filter=ab;monitor="
            + "0".repeat(64)
            + ";max_num_priority=2;max_socket_count=3;max_exp_period=18446744073709551615;max_send_byte=5;max_send_pkt=6;"
            + "max_recv_byte=7;max_recv_pkt=8;max_burst_rate_byte=18446744073709551615/7,2/8;max_burst_rate_pkt=0/5;"
            + "valid_dest=::/0,10.0.0.1;src_ip_spoofing=1;*later=1;";
    assertEquals(expected, limitsAfter(CertificateOptions.of(CertificateKind.EXPPRIV).withLimits(limits)));
  }

  @Test
  void shouldRefuseWhatDoesNotFitTogether() {
    CertificateLimits priority = CertificateLimits.builder().maxPriority(1L).build();
    DestinationRange hostBits = new DestinationRange(new byte[] {10, 0, 0, 1}, 8);
    NamedValue knownOptional = new NamedValue("max_num_priority", "5", true);
    List<CertificateOptions> wrong = new ArrayList<>();
    wrong.add(CertificateOptions.of(CertificateKind.DELPRIV));
    wrong.add(CertificateOptions.of(CertificateKind.EXPPRIV).withDelegated(Set.of(DelegatedPrivilege.EXPPRIV)));
    wrong.add(CertificateOptions.of(CertificateKind.SUBCMD).withPathLength(0));
    wrong.add(CertificateOptions.of(CertificateKind.PUBCMD).withLimits(priority));
    wrong.add(CertificateOptions.of(CertificateKind.AGENT).withDescription("a;b"));
    wrong.add(CertificateOptions.of(CertificateKind.AGENT).withDescription("caf\u00e9"));
    wrong.add(CertificateOptions.of(CertificateKind.AGENT).withAuxiliary(List.of(new NamedValue("cert_type", "x", false))));
    wrong.add(CertificateOptions.of(CertificateKind.AGENT).withAuxiliary(List.of(new NamedValue("x", "y", true))));
    wrong.add(
        CertificateOptions.of(CertificateKind.EXPPRIV)
            .withLimits(CertificateLimits.builder().destinations(List.of(hostBits)).build()));
    wrong.add(
        CertificateOptions.of(CertificateKind.EXPPRIV)
            .withLimits(CertificateLimits.builder().auxiliary(List.of(knownOptional)).build()));
    for (CertificateOptions options : wrong) {
      assertThrows(IssueRefusedException.class, () -> limitsAfter(options), options.toString());
    }
  }

  @Test
  void shouldRefuseImpossibleDatesAndSerials() {
    CertificateOptions agent = CertificateOptions.of(CertificateKind.AGENT);
    Ed25519PrivateKey key = ReferenceSet.privateKey("k_ep");
    assertThrows(IssueRefusedException.class, () -> ISSUER.issue(agent, key, key.publicKey(), END, START, ISSUER.randomSerials()));
    assertThrows(IssueRefusedException.class, () -> ISSUER.issue(agent, key, key.publicKey(), Instant.MIN, END, ISSUER.randomSerials()));
    assertThrows(IssueRefusedException.class, () -> ISSUER.issue(agent, key, key.publicKey(), START, Instant.MAX, ISSUER.randomSerials()));
    assertThrows(IssueRefusedException.class, () -> ISSUER.issue(agent, key, key.publicKey(), START, END, () -> new byte[16]));
    assertThrows(IssueRefusedException.class, () -> ISSUER.issue(agent, key, key.publicKey(), START, END, () -> new byte[0]));
  }

  @Test
  void shouldWriteDatesOf2050AndLaterAsGeneralizedTime() throws Exception {
    Ed25519PrivateKey key = ReferenceSet.privateKey("k_ep");
    Certificate certificate =
        ISSUER.issue(
            CertificateOptions.of(CertificateKind.AGENT),
            key,
            key.publicKey(),
            Instant.parse("2049-12-31T23:59:59Z"),
            Instant.parse("9999-12-31T23:59:59Z"),
            ISSUER.randomSerials());
    String der = HexFormat.of().formatHex(certificate.der());
    assertTrue(der.contains("170d3439313233313233353935395a180f39393939313233313233353935395a"), der);
    assertEquals(2_524_607_999_000_000_000L, certificate.notBeforeNs());
    assertEquals(-1, certificate.notAfterNs());
  }

  @Test
  void shouldGenerateKeysThatSign() {
    Ed25519PrivateKey first = ISSUER.generateKey();
    assertNotEquals(first.publicKey(), ISSUER.generateKey().publicKey());
    byte[] message = {1, 2, 3};
    byte[] signature = ISSUER.sign(first, message);
    assertTrue(ISSUER.verifySignature(first.publicKey(), message, signature));
    message[0] = 9;
    assertFalse(ISSUER.verifySignature(first.publicKey(), message, signature));
    assertFalse(ISSUER.verifySignature(first.publicKey(), message, new byte[3]));
  }

  private static String limitsAfter(CertificateOptions options) throws IssueRefusedException {
    Ed25519PrivateKey key = ReferenceSet.privateKey("k_eop");
    return ISSUER.issue(options, key, key.publicKey(), START, END, ISSUER.randomSerials()).certLimit();
  }

  private static CertificateOptions optionsOf(Certificate certificate) {
    return new CertificateOptions(
        certificate.kind(),
        certificate.delegated(),
        certificate.pathLength(),
        certificate.description(),
        certificate.auxiliary(),
        certificate.limits());
  }

  private static Ed25519PrivateKey signer(KeyId id) {
    return ReferenceSet.keys().keySet().stream()
        .filter(name -> ReferenceSet.publicKey(name).keyId().equals(id))
        .map(ReferenceSet::privateKey)
        .findFirst()
        .orElseThrow();
  }
}
