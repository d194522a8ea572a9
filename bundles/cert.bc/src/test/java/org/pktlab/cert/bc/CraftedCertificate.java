package org.pktlab.cert.bc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.bc.X509Profile.Extension;

/** Writes certificates that the issuer never would: every part can be replaced by other octets. Signed by k_eop, on k_exper. */
final class CraftedCertificate {
  static final byte[] TRUE = {1, 1, (byte) 0xff};
  private static final Ed25519PrivateKey SIGNER = ReferenceSet.privateKey("k_eop");

  private byte[] version = X509Profile.VERSION_3;
  private byte[] serial = {2, 1, 5};
  private byte[] innerAlgorithm = X509Profile.ED25519_ALGORITHM;
  private byte[] outerAlgorithm = X509Profile.ED25519_ALGORITHM;
  private byte[] name = X509Profile.NAME;
  private byte[] notBefore = DerWriter.ascii(DerReader.UTC_TIME, "700101000000Z");
  private byte[] notAfter = DerWriter.ascii(DerReader.UTC_TIME, "380119031407Z");
  private byte[] subjectKey = ReferenceSet.publicKey("k_exper").subjectPublicKeyInfo();
  private byte[] uniqueId = {};
  private byte[] trailer = {};
  private boolean withExtensions = true;
  private final List<byte[]> extensions = new ArrayList<>();

  private CraftedCertificate(boolean privilege, String info) {
    extensions.add(extension(Extension.AUTHORITY_KEY_ID, false, "30228020" + SIGNER.publicKey().keyId()));
    extensions.add(extension(Extension.SUBJECT_KEY_ID, false, "0420" + ReferenceSet.publicKey("k_exper").keyId()));
    extensions.add(extension(Extension.KEY_USAGE, true, privilege ? "03020204" : "03020780"));
    extensions.add(extension(Extension.BASIC_CONSTRAINTS, true, privilege ? "30030101ff" : "3000"));
    extensions.add(text(Extension.CERT_INFO, info));
  }

  static CraftedCertificate exppriv() {
    return new CraftedCertificate(true, "cert_type=exppriv;");
  }

  static CraftedCertificate delpriv(String delegated) {
    return new CraftedCertificate(true, "cert_type=delpriv;del_type=" + delegated + ";");
  }

  static CraftedCertificate leaf(String kind) {
    return new CraftedCertificate(false, "cert_type=" + kind + ";");
  }

  static byte[] extension(Extension id, boolean critical, String valueHex) {
    byte[] value = DerWriter.octetString(HexFormat.of().parseHex(valueHex));
    return critical ? DerWriter.sequence(id.oid(), TRUE, value) : DerWriter.sequence(id.oid(), value);
  }

  static byte[] text(Extension id, String text) {
    byte[] value = DerWriter.octetString(text.getBytes(StandardCharsets.ISO_8859_1));
    return DerWriter.sequence(id.oid(), TRUE, DerWriter.octetString(value));
  }

  CraftedCertificate serial(String hex) {
    serial = DerWriter.element(DerReader.INTEGER, HexFormat.of().parseHex(hex));
    return this;
  }

  CraftedCertificate version(String hex) {
    version = HexFormat.of().parseHex(hex);
    return this;
  }

  CraftedCertificate algorithms(String innerHex, String outerHex) {
    innerAlgorithm = HexFormat.of().parseHex(innerHex);
    outerAlgorithm = HexFormat.of().parseHex(outerHex);
    return this;
  }

  CraftedCertificate name(String hex) {
    name = HexFormat.of().parseHex(hex);
    return this;
  }

  CraftedCertificate validity(int tag, String from, String to) {
    notBefore = DerWriter.ascii(tag, from);
    notAfter = DerWriter.ascii(tag, to);
    return this;
  }

  CraftedCertificate subjectKey(String hex) {
    subjectKey = HexFormat.of().parseHex(hex);
    return this;
  }

  CraftedCertificate uniqueId(String hex) {
    uniqueId = HexFormat.of().parseHex(hex);
    return this;
  }

  CraftedCertificate trailer(String hex) {
    trailer = HexFormat.of().parseHex(hex);
    return this;
  }

  CraftedCertificate withoutExtensions() {
    withExtensions = false;
    return this;
  }

  CraftedCertificate add(byte[] extension) {
    extensions.add(extension);
    return this;
  }

  CraftedCertificate add(Extension id, boolean critical, String valueHex) {
    return add(extension(id, critical, valueHex));
  }

  /** Puts another extension in the place of one of the five; positions as in the profile. */
  CraftedCertificate replace(int position, byte[] extension) {
    extensions.set(position, extension);
    return this;
  }

  CraftedCertificate remove(int position) {
    extensions.remove(position);
    return this;
  }

  CraftedCertificate limits(String text) {
    return add(text(Extension.CERT_LIMIT, text));
  }

  CraftedCertificate reversed() {
    Collections.reverse(extensions);
    return this;
  }

  byte[] der() {
    byte[] extensionField =
        withExtensions ? DerWriter.element(0xa3, DerWriter.sequence(extensions.toArray(new byte[0][]))) : new byte[0];
    byte[] body =
        DerWriter.sequence(
            version,
            serial,
            innerAlgorithm,
            name,
            DerWriter.sequence(notBefore, notAfter),
            name,
            subjectKey,
            uniqueId,
            extensionField);
    byte[] certificate =
        DerWriter.sequence(body, outerAlgorithm, DerWriter.bitString(Ed25519Signatures.sign(SIGNER, body)));
    byte[] whole = Arrays.copyOf(certificate, certificate.length + trailer.length);
    System.arraycopy(trailer, 0, whole, certificate.length, trailer.length);
    return whole;
  }
}
