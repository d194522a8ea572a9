package org.pktlab.cert.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.ChainFault;
import org.pktlab.cert.ChainMode;
import org.pktlab.cert.ChainRefusedException;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.VerifiedChain;

/** Whatever comes in, the answer is a value or the stated exception, and it comes soon. */
class HostileInputTest {
  private static final CertificateDecoder DECODER = BouncyCastleTrust.decoder();
  private static final List<String> SAMPLES =
      List.of("init_subcmd_eop_ep", "exppriv_limits", "delpriv_limits", "exppriv_cdp", "agent_desc_order", "bad_outer_alg");
  private static final List<String> CHAIN =
      List.of("pubcmd_exper3_xc", "delpriv_exp_exper3", "delpriv_exp_exper2", "exppriv_exper", "subcmd_eop_ep", "agent_self_xc");

  @Test
  void shouldAnswerForEveryFlippedBit() {
    int accepted = 0;
    int tried = 0;
    for (String name : SAMPLES) {
      byte[] der = ReferenceSet.certificate(name);
      for (int bit = 0; bit < der.length * 8; bit++) {
        byte[] changed = der.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        accepted += answer(changed) ? 1 : 0;
        tried++;
      }
    }
    assertEquals(SAMPLES.stream().mapToInt(name -> ReferenceSet.certificate(name).length * 8).sum(), tried);
    assertTrue(accepted > 0 && accepted < tried, accepted + " of " + tried);
  }

  @Test
  void shouldAnswerForEveryValueOfEveryOctet() {
    byte[] der = ReferenceSet.certificate("exppriv_limits");
    for (int i = 0; i < der.length; i++) {
      for (int value = 0; value < 256; value++) {
        byte[] changed = der.clone();
        changed[i] = (byte) value;
        answer(changed);
      }
    }
  }

  @Test
  void shouldRefuseEveryTruncationAndExtension() {
    for (String name : SAMPLES) {
      byte[] der = ReferenceSet.certificate(name);
      for (int length = 0; length < der.length; length++) {
        byte[] part = Arrays.copyOf(der, length);
        assertThrows(CertificateRefusedException.class, () -> DECODER.decode(part));
      }
      assertThrows(CertificateRefusedException.class, () -> DECODER.decode(Arrays.copyOf(der, der.length + 1)));
    }
  }

  @Property(tries = 2000)
  void shouldAnswerForRandomOctets(@ForAll @Size(max = 600) byte[] octets) {
    answer(octets);
    answerRequest(octets);
  }

  @Property(tries = 3000)
  void shouldAnswerForManyChanges(@ForAll Random random, @ForAll @IntRange(min = 1, max = 12) int changes) {
    byte[] der = ReferenceSet.certificate(SAMPLES.get(random.nextInt(SAMPLES.size()))).clone();
    for (int i = 0; i < changes; i++) {
      der[random.nextInt(der.length)] = (byte) random.nextInt(256);
    }
    answer(der);
  }

  @Test
  void shouldAnswerForEveryFlippedBitOfARequest() throws Exception {
    byte[] der = BouncyCastleTrust.credentialFiles().readRequest(ReferenceSet.file("csrs/exppriv_full.csr")).der();
    for (int bit = 0; bit < der.length * 8; bit += 3) {
      byte[] changed = der.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(CertificateRefusedException.class, () -> DECODER.decodeRequest(changed));
    }
  }

  @Property(tries = 200)
  void shouldVerifyAChainWhateverTheOrderAboveTheLeaf(@ForAll Random random) throws Exception {
    List<String> names = new ArrayList<>(CHAIN.subList(1, CHAIN.size()));
    Collections.shuffle(names, random);
    names.add(0, CHAIN.get(0));
    VerifiedChain chain =
        BouncyCastleTrust.verifier()
            .verify(
                ChainMode.ENDPOINT_JUDGES_CONTROLLER,
                names.stream().map(ReferenceSet::certificate).toList(),
                List.of(ReferenceSet.publicKey("k_eop")),
                ReferenceSet.NOW_NS);
    assertEquals(CHAIN.subList(0, 4), chain.positions().stream().map(names::get).toList());
  }

  @Property(tries = 300)
  void shouldAnswerForAnyListOfCertificates(@ForAll Random random, @ForAll @IntRange(max = 33) int length) {
    List<String> all = new ArrayList<>(ReferenceSet.certificates().keySet());
    List<byte[]> list = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      list.add(ReferenceSet.certificate(all.get(random.nextInt(all.size()))));
    }
    List<Ed25519PublicKey> roots = random.nextBoolean() ? List.of() : List.of(ReferenceSet.publicKey("k_eop"));
    for (ChainMode mode : ChainMode.values()) {
      try {
        VerifiedChain chain = BouncyCastleTrust.verifier().verify(mode, list, roots, ReferenceSet.NOW_NS);
        assertEquals(0, chain.positions().get(0));
      } catch (ChainRefusedException e) {
        assertTrue(e.code() >= 2 && e.code() <= 9, e.getMessage());
      }
    }
  }

  @Test
  void shouldRefuseMoreCertificatesThanTheCap() {
    List<byte[]> list = Collections.nCopies(ChainVerifier.MAX_CHAIN + 1, ReferenceSet.certificate("exppriv_exper"));
    ChainRefusedException refusal =
        assertThrows(
            ChainRefusedException.class,
            () -> BouncyCastleTrust.verifier().verify(ChainMode.ENDPOINT_JUDGES_CONTROLLER, list, List.of(), ReferenceSet.NOW_NS));
    assertEquals(ChainFault.TOO_MANY_CERT, refusal.fault());
  }

  @Test
  void shouldDecodeTheLargestCertificatesQuickly() {
    StringBuilder pairs = new StringBuilder();
    for (int i = 0; pairs.length() < 60_000; i++) {
      pairs.append(Integer.toString(i, 36)).append("=;");
    }
    byte[] der = CraftedCertificate.exppriv().limits(pairs.toString()).der();
    byte[] rates = CraftedCertificate.exppriv().limits("max_burst_rate_byte=" + "/1,".repeat(20_000) + "/1;").der();
    CraftedCertificate doubled = CraftedCertificate.exppriv();
    for (int i = 0; i < 6_000; i++) {
      doubled.add(X509Profile.Extension.FRESHEST_CRL, false, "");
    }
    byte[] extensions = doubled.der();
    assertTrue(extensions.length < CertificateDecoder.MAX_OCTETS && der.length < CertificateDecoder.MAX_OCTETS);
    assertTimeout(
        Duration.ofSeconds(2),
        () -> {
          Certificate many = DECODER.decode(der);
          assertTrue(many.limits().auxiliary().size() > 10_000);
          assertEquals(20_001, DECODER.decode(rates).limits().octetRates().size());
          DECODER.decode(extensions);
        });
  }

  /** Decodes and says whether the certificate was accepted; anything but the stated exception fails the test. */
  private static boolean answer(byte[] der) {
    try {
      Certificate certificate = DECODER.decode(der);
      assertTrue(Arrays.equals(der, certificate.der()));
      return true;
    } catch (CertificateRefusedException e) {
      return false;
    }
  }

  private static void answerRequest(byte[] der) {
    try {
      DECODER.decodeRequest(der);
    } catch (CertificateRefusedException e) {
      assertTrue(e.getMessage().length() < 400);
    }
  }
}
