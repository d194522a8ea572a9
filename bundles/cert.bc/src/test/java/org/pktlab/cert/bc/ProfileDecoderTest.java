package org.pktlab.cert.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pktlab.cert.bc.CraftedCertificate.delpriv;
import static org.pktlab.cert.bc.CraftedCertificate.exppriv;
import static org.pktlab.cert.bc.CraftedCertificate.leaf;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.CertificateFault;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.bc.X509Profile.Extension;

/** What the profile leaves open, and which check comes first, on certificates that no tool writes. */
class ProfileDecoderTest {
  private static final CertificateDecoder DECODER = BouncyCastleTrust.decoder();
  private static final Ed25519PublicKey SIGNER = ReferenceSet.publicKey("k_eop");
  private static final int AKI = 0;
  private static final int SKI = 1;
  private static final int USAGE = 2;
  private static final int CONSTRAINTS = 3;
  private static final int INFO = 4;

  @Test
  void shouldAcceptWhatOtherIssuersWrite() throws Exception {
    List<CraftedCertificate> accepted = new ArrayList<>();
    accepted.add(exppriv());
    accepted.add(exppriv().name("3000"));
    accepted.add(exppriv().reversed());
    accepted.add(exppriv().serial("ff"));
    accepted.add(exppriv().serial("01".repeat(60)));
    accepted.add(exppriv().replace(USAGE, CraftedCertificate.extension(Extension.KEY_USAGE, false, "03020204")));
    accepted.add(exppriv().replace(USAGE, CraftedCertificate.extension(Extension.KEY_USAGE, true, "03020106")));
    accepted.add(
        exppriv().replace(AKI, aki("8020" + SIGNER.keyId() + "a110a40e300c310a300806035504030c0120" + "820105")));
    accepted.add(leaf("agent").replace(CONSTRAINTS, CraftedCertificate.extension(Extension.BASIC_CONSTRAINTS, true, "3003010100")));
    accepted.add(exppriv().validity(DerReader.GENERALIZED_TIME, "20200101000000Z", "20400101000000Z"));
    accepted.add(exppriv().add(Extension.CRL_DISTRIBUTION_POINTS, false, "3000"));
    accepted.add(exppriv().add(Extension.FRESHEST_CRL, true, "00"));
    accepted.add(exppriv().add(Extension.AUTHORITY_INFO_ACCESS, false, "3000"));
    accepted.add(exppriv().add(Extension.SUBJECT_INFO_ACCESS, false, "3000"));
    for (CraftedCertificate certificate : accepted) {
      Certificate decoded = DECODER.decode(certificate.der(), SIGNER);
      assertTrue(DECODER.isSignedBy(decoded, SIGNER));
      assertFalse(DECODER.isSignedBy(decoded, ReferenceSet.publicKey("k_eop2")));
    }
  }

  @Test
  void shouldKeepTheMagnitudeOfTheSerial() throws Exception {
    assertEquals("01", serial("ff"));
    assertEquals("80", serial("80"));
    assertEquals("80", serial("0080"));
    assertEquals("0100", serial("ff00"));
    assertEquals("7f", serial("7f"));
  }

  @Test
  void shouldRefuseWithTheCodeOfTheFirstFailingCheck() {
    String ed448 = "300506032b6571";
    String ed25519 = "300506032b6570";
    check(CertificateFault.UNLOADABLE, exppriv().trailer("00"));
    check(CertificateFault.UNLOADABLE, exppriv().serial(""));
    check(CertificateFault.UNLOADABLE, exppriv().serial("0001"));
    check(CertificateFault.UNLOADABLE, exppriv().name("3009310730050603550403"));
    check(CertificateFault.UNLOADABLE, exppriv().name("300c310a300806035504030c01ff"));
    check(CertificateFault.UNLOADABLE, exppriv().validity(DerReader.UTF8_STRING, "700101000000Z", "380101000000Z"));
    check(CertificateFault.BAD_SIGALG, exppriv().algorithms(ed25519, ed448).version(""));
    check(CertificateFault.BAD_X509_VER, exppriv().version("").algorithms(ed448, ed25519));
    check(CertificateFault.BAD_X509_VER, exppriv().version("a003020103"));
    check(CertificateFault.BAD_SIGALG, exppriv().algorithms(ed448, ed25519).withoutExtensions());
    check(CertificateFault.USING_UNUSED_FIELD, exppriv().withoutExtensions());
    check(CertificateFault.USING_UNUSED_FIELD, exppriv().uniqueId("8102000f").remove(INFO));
    check(CertificateFault.USING_UNUSED_FIELD, exppriv().uniqueId("8202000f"));
    check(CertificateFault.USING_UNUSED_FIELD, exppriv().add(HexFormat.of().parseHex("300906032a03020402" + "0500")));
    check(CertificateFault.BAD_CERT_INFO, exppriv().remove(INFO).remove(USAGE));
    check(CertificateFault.BAD_CERT_INFO, exppriv().add(CraftedCertificate.text(Extension.CERT_INFO, "cert_type=exppriv;")));
    check(CertificateFault.BAD_CERT_INFO, info("cert_type=exppriv;\0"));
    check(CertificateFault.BAD_CERT_INFO, info(""));
    check(CertificateFault.BAD_CERT_TYPE, info("a=b;").serial("00"));
    check(CertificateFault.BAD_KEYUSAGE, exppriv().serial("00").remove(USAGE));
    check(CertificateFault.BAD_KEYUSAGE, usage("030300" + "0480"));
    check(CertificateFault.BAD_KEYUSAGE, usage("03020284"));
    check(CertificateFault.BAD_KEYUSAGE, exppriv().add(aki("8020" + SIGNER.keyId())));
    check(CertificateFault.BAD_KEYUSAGE, exppriv().add(Extension.SUBJECT_KEY_ID, false, "0420" + SIGNER.keyId()));
    check(CertificateFault.BAD_KEYUSAGE, constraints("30060101ff0201ff"));
    check(CertificateFault.BAD_SERIAL, exppriv().serial("00").validity(DerReader.UTC_TIME, "1", "2"));
    check(CertificateFault.BAD_VALIDITY, exppriv().validity(DerReader.UTC_TIME, "7001010000Z", "380119031407Z"));
    check(CertificateFault.BAD_VALIDITY, exppriv().validity(DerReader.UTC_TIME, "700101000000+0000", "380119031407Z"));
    check(CertificateFault.BAD_VALIDITY, exppriv().validity(DerReader.UTC_TIME, "700101000000Z", "380132031407Z"));
    check(CertificateFault.BAD_VALIDITY, exppriv().validity(DerReader.UTC_TIME, "700101000000Z", "390229000000Z"));
    check(CertificateFault.BAD_VALIDITY, exppriv().validity(DerReader.GENERALIZED_TIME, "20200101000000.5Z", "20400101000000Z"));
    check(CertificateFault.BAD_SUBJ_PUBKEY, exppriv().subjectKey("302a300506032b656e032100" + "11".repeat(32)).remove(AKI));
    check(CertificateFault.BAD_SUBJ_PUBKEY, exppriv().subjectKey("3029300506032b6570032000" + "11".repeat(31)));
    check(CertificateFault.BAD_AID, exppriv().remove(AKI));
    check(CertificateFault.BAD_AID, exppriv().replace(AKI, aki("820105")));
    String exper = "0420" + ReferenceSet.publicKey("k_exper").keyId();
    check(CertificateFault.BAD_AID, critical(exppriv(), AKI, Extension.AUTHORITY_KEY_ID, "30228020" + SIGNER.keyId()));
    check(CertificateFault.BAD_SID, exppriv().remove(SKI));
    check(CertificateFault.BAD_SID, critical(exppriv(), SKI, Extension.SUBJECT_KEY_ID, exper));
    check(CertificateFault.BAD_BC, exppriv().remove(CONSTRAINTS).limits("broken"));
    check(CertificateFault.BAD_BC, constraints("300e0101ff0209008000000000000000"));
    check(CertificateFault.BAD_BC, critical(leaf("agent"), CONSTRAINTS, Extension.BASIC_CONSTRAINTS, "3003020100"));
    check(CertificateFault.BAD_CERT_LIMIT, leaf("agent").limits("max_num_priority=5;"));
    check(CertificateFault.BAD_CERT_LIMIT, exppriv().limits("a=b;").limits("a=b;"));
    check(CertificateFault.BAD_CERT_LIMIT, exppriv().limits(""));
    check(CertificateFault.BAD_CERT_LIMIT, exppriv().limits("*max_socket_count=1;"));
    check(CertificateFault.BAD_CERT_LIMIT, delpriv("nothing").limits("="));
    check(CertificateFault.BAD_DEL_TYPE, delpriv("exppriv,").limits("monitor=1;"));
    check(CertificateFault.BAD_DEL_TYPE, delpriv(""));
    check(CertificateFault.BAD_DEL_TYPE, info("cert_type=exppriv;del_type=exppriv;"));
  }

  @Test
  void shouldReadPathLengthsUpTo63Bits() throws Exception {
    assertEquals(1L << 31, DECODER.decode(constraints("300a0101ff02050080000000").der()).pathLength());
    assertEquals(Long.MAX_VALUE, DECODER.decode(constraints("300d0101ff02087fffffffffffffff").der()).pathLength());
  }

  @Test
  void shouldReadDatesOfAllTimes() throws Exception {
    assertEquals(0, notBefore("19600101000000Z"));
    assertEquals(59L * 86_400_000_000_000L, notBefore("19600229000000Z"));
    assertEquals(86_399_000_000_000L, notBefore("00010101235959Z"));
    assertEquals(Long.parseUnsignedLong("18446744073000000000"), notBefore("25540721233433Z"));
    assertEquals(-1, notBefore("25540721233434Z"));
    assertEquals(-1, notBefore("99991231235959Z"));
    Certificate utc = DECODER.decode(exppriv().validity(DerReader.UTC_TIME, "500101000000Z", "491231235959Z").der());
    assertEquals(0, utc.notBeforeNs());
    assertEquals(2_524_607_999_000_000_000L, utc.notAfterNs());
  }

  @Test
  void shouldReadDelegationsInAnyOrderAndRepetition() throws Exception {
    assertEquals(
        Set.of(DelegatedPrivilege.EXPPRIV, DelegatedPrivilege.REPPRIV),
        DECODER.decode(delpriv("reppriv,exppriv,reppriv").der()).delegated());
  }

  @Test
  void shouldNeverVerifyASignatureWithParametersOrUnusedBits() throws Exception {
    byte[] parameters = exppriv().algorithms("300706032b65700500", "300706032b65700500").der();
    DECODER.decode(parameters);
    assertEquals(
        CertificateFault.BAD_SIGNATURE,
        assertThrows(CertificateRefusedException.class, () -> DECODER.decode(parameters, SIGNER)).fault());
    byte[] unused = exppriv().der();
    unused[unused.length - 65] = 1;
    assertFalse(DECODER.isSignedBy(DECODER.decode(unused), SIGNER));
  }

  @Test
  void shouldRefuseOctetsThatAreTooMany() {
    byte[] many = new byte[CertificateDecoder.MAX_OCTETS + 1];
    assertEquals(
        CertificateFault.UNLOADABLE, assertThrows(CertificateRefusedException.class, () -> DECODER.decode(many)).fault());
    assertThrows(CertificateRefusedException.class, () -> DECODER.decodeRequest(many));
  }

  private static void check(CertificateFault expected, CraftedCertificate certificate) {
    CertificateRefusedException refusal =
        assertThrows(CertificateRefusedException.class, () -> DECODER.decode(certificate.der()), expected.name());
    assertEquals(expected, refusal.fault(), refusal.getMessage());
  }

  private static CraftedCertificate info(String text) {
    return exppriv().replace(INFO, CraftedCertificate.text(Extension.CERT_INFO, text));
  }

  private static CraftedCertificate critical(CraftedCertificate certificate, int position, Extension id, String hex) {
    return certificate.replace(position, CraftedCertificate.extension(id, true, hex));
  }

  private static CraftedCertificate usage(String hex) {
    return exppriv().replace(USAGE, CraftedCertificate.extension(Extension.KEY_USAGE, true, hex));
  }

  private static CraftedCertificate constraints(String hex) {
    return exppriv().replace(CONSTRAINTS, CraftedCertificate.extension(Extension.BASIC_CONSTRAINTS, true, hex));
  }

  private static byte[] aki(String contentHex) {
    byte[] value = DerWriter.sequence(HexFormat.of().parseHex(contentHex));
    return CraftedCertificate.extension(Extension.AUTHORITY_KEY_ID, false, HexFormat.of().formatHex(value));
  }

  private static String serial(String hex) throws CertificateRefusedException {
    return HexFormat.of().formatHex(DECODER.decode(exppriv().serial(hex).der()).serial());
  }

  private static long notBefore(String date) throws CertificateRefusedException {
    return DECODER.decode(exppriv().validity(DerReader.GENERALIZED_TIME, date, "20400101000000Z").der()).notBeforeNs();
  }
}
