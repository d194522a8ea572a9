package org.pktlab.cert.bc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.CertificateFault;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.KeyId;
import org.pktlab.cert.NamedValue;
import org.pktlab.cert.bc.NameValueText.Field;
import org.pktlab.cert.bc.NameValueText.MalformedTextException;
import org.pktlab.cert.bc.RawCertificate.RawExtension;
import org.pktlab.cert.bc.X509Profile.Extension;

/** Checks 0 to 14 of packetlab-trust section 6, in their order: the first that fails determines the code. */
final class BasicDecoding {
  private BasicDecoding() {}

  /**
   * Decodes the basic part.
   *
   * @param der the encoding; copied
   * @param signer the key that must have signed, or null not to look at the signature
   */
  static BasicCertificate decode(byte[] der, Ed25519PublicKey signer) throws CertificateRefusedException {
    if (der.length > CertificateDecoder.MAX_OCTETS) {
      throw refused(CertificateFault.UNLOADABLE, der.length + " octets are more than a certificate may have");
    }
    try {
      return decode(new RawCertificate(der.clone()), signer);
    } catch (MalformedDerException e) {
      throw refused(CertificateFault.UNLOADABLE, "not an X.509 certificate: " + e.getMessage());
    }
  }

  private static BasicCertificate decode(RawCertificate raw, Ed25519PublicKey signer)
      throws CertificateRefusedException, MalformedDerException {
    if (!RawCertificate.isEd25519(raw.outerAlgorithm)) {
      throw refused(CertificateFault.BAD_SIGALG, "the signature algorithm is not Ed25519");
    }
    SignedOctets signed = signedOctets(raw);
    if (signer != null && !signed.isSignedBy(signer)) {
      throw refused(CertificateFault.BAD_SIGNATURE, "the signature is not that of key " + signer.keyId());
    }
    if (raw.version.length != 1 || raw.version[0] != 2) {
      throw refused(CertificateFault.BAD_X509_VER, "the version is not 3");
    }
    if (!RawCertificate.isEd25519(raw.innerAlgorithm)) {
      throw refused(CertificateFault.BAD_SIGALG, "the signature algorithm inside is not Ed25519");
    }
    checkFields(raw);

    byte[] infoText = text(raw.extensions, Extension.CERT_INFO, CertificateFault.BAD_CERT_INFO);
    List<NamedValue> info = pairs(infoText, Field.INFO, CertificateFault.BAD_CERT_INFO);
    CertificateKind kind = kind(info);
    ExtensionValues extensions = ExtensionValues.of(raw.extensions);
    checkKeyUsage(extensions.keyUsage, kind);
    byte[] serial = magnitude(raw.serial);
    if (serial.length == 1 && serial[0] == 0) {
      throw refused(CertificateFault.BAD_SERIAL, "the serial number is zero");
    }
    long notBefore = time(raw.notBefore);
    long notAfter = time(raw.notAfter);
    Ed25519PublicKey publicKey = publicKey(raw.subjectKey);
    KeyId authorityKeyId = authorityKeyId(extensions);
    checkSubjectKeyId(extensions, publicKey);
    long pathLength = pathLength(extensions, kind);

    byte[] limitText = limitText(raw.extensions, kind);
    List<NamedValue> limit = limitText == null ? List.of() : pairs(limitText, Field.LIMIT, CertificateFault.BAD_CERT_LIMIT);
    LimitFields.checkMarks(limit);
    return new BasicCertificate(
        signed,
        kind,
        delegated(info, kind),
        info,
        serial,
        notBefore,
        notAfter,
        publicKey,
        authorityKeyId,
        pathLength,
        ascii(infoText),
        limitText == null ? null : ascii(limitText),
        limit);
  }

  private static SignedOctets signedOctets(RawCertificate raw) throws MalformedDerException {
    boolean pure = raw.outerAlgorithm.is(X509Profile.ED25519_ALGORITHM) && raw.innerAlgorithm.is(X509Profile.ED25519_ALGORITHM);
    return SignedOctets.of(raw.der, raw.tbs, raw.signature, pure);
  }

  private static void checkFields(RawCertificate raw) throws CertificateRefusedException {
    if (raw.hasUniqueId) {
      throw refused(CertificateFault.USING_UNUSED_FIELD, "a unique identifier is present");
    }
    if (raw.extensions == null || raw.extensions.isEmpty()) {
      throw refused(CertificateFault.USING_UNUSED_FIELD, "there are no extensions");
    }
    for (RawExtension extension : raw.extensions) {
      if (extension.id() == null) {
        throw refused(CertificateFault.USING_UNUSED_FIELD, "there is an extension that does not belong here");
      }
    }
  }

  /** Returns the text of a private extension, or null if it is absent. */
  private static byte[] text(List<RawExtension> extensions, Extension id, CertificateFault fault) throws CertificateRefusedException {
    RawExtension found = null;
    for (RawExtension extension : extensions) {
      if (extension.id() == id) {
        if (found != null) {
          throw refused(fault, id + " occurs twice");
        }
        found = extension;
      }
    }
    if (found == null) {
      return null;
    }
    if (!found.critical()) {
      throw refused(fault, id + " is not critical");
    }
    try {
      return found.value().open().only(DerReader.OCTET_STRING).content();
    } catch (MalformedDerException e) {
      throw refused(fault, id + " is no OCTET STRING: " + e.getMessage());
    }
  }

  static List<NamedValue> pairs(byte[] text, Field field, CertificateFault fault) throws CertificateRefusedException {
    if (text == null) {
      throw refused(fault, "the extension is missing");
    }
    try {
      return NameValueText.parse(text, field);
    } catch (MalformedTextException e) {
      throw refused(fault, "malformed name-value string: " + e.getMessage());
    }
  }

  static CertificateKind kind(List<NamedValue> info) throws CertificateRefusedException {
    String type = BasicCertificate.valueOf(info, BasicCertificate.TYPE);
    if (type == null) {
      throw refused(CertificateFault.BAD_CERT_TYPE, "cert_type is missing");
    }
    return CertificateKind.ofText(type)
        .orElseThrow(
            () -> refused(CertificateFault.BAD_CERT_TYPE, "unknown cert_type '" + NameValueText.shortened(type) + "'"));
  }

  static Set<DelegatedPrivilege> delegated(List<NamedValue> info, CertificateKind kind) throws CertificateRefusedException {
    String value = BasicCertificate.valueOf(info, BasicCertificate.DELEGATED);
    if (kind != CertificateKind.DELPRIV) {
      if (value != null) {
        throw refused(CertificateFault.BAD_DEL_TYPE, "del_type does not belong to " + kind.text());
      }
      return Set.of();
    }
    Set<DelegatedPrivilege> delegated = value == null ? null : BasicCertificate.delegated(value);
    if (delegated == null) {
      throw refused(CertificateFault.BAD_DEL_TYPE, "del_type must list exppriv and reppriv, or one of them");
    }
    return delegated;
  }

  private static void checkKeyUsage(int usage, CertificateKind kind) throws CertificateRefusedException {
    boolean fits =
        kind.isPrivilege()
            ? usage == X509Profile.KEY_CERT_SIGN || usage == X509Profile.KEY_CERT_SIGN_AND_CRL_SIGN
            : usage == X509Profile.DIGITAL_SIGNATURE;
    if (!fits) {
      throw refused(CertificateFault.BAD_KEYUSAGE, "the key usage " + (usage < 0 ? "is missing" : "does not suit " + kind.text()));
    }
  }

  /** Returns the magnitude of an INTEGER's content, in its shortest form. */
  private static byte[] magnitude(byte[] content) {
    byte[] magnitude = content.clone();
    if (content[0] < 0) {
      int carry = 1;
      for (int i = magnitude.length - 1; i >= 0; i--) {
        int sum = (~magnitude[i] & 0xff) + carry;
        magnitude[i] = (byte) sum;
        carry = sum >> 8;
      }
    }
    return magnitude.length > 1 && magnitude[0] == 0 ? Arrays.copyOfRange(magnitude, 1, magnitude.length) : magnitude;
  }

  private static long time(DerReader.Element time) throws CertificateRefusedException {
    try {
      return Asn1Time.nanoseconds(time.tag, time.content());
    } catch (MalformedDerException e) {
      throw refused(CertificateFault.BAD_VALIDITY, e.getMessage());
    }
  }

  static Ed25519PublicKey publicKey(DerReader.Element info) throws CertificateRefusedException, MalformedDerException {
    DerReader parts = info.open();
    boolean pure = parts.next().is(X509Profile.ED25519_ALGORITHM);
    DerReader.Element bits = parts.next();
    if (!pure || bits.unusedBits() != 0 || bits.contentLength() != 1 + Ed25519PublicKey.LENGTH) {
      throw refused(CertificateFault.BAD_SUBJ_PUBKEY, "the subject key is not an Ed25519 key");
    }
    return Ed25519PublicKey.of(bits.bits());
  }

  private static KeyId authorityKeyId(ExtensionValues extensions) throws CertificateRefusedException {
    if (!extensions.hasAuthorityKeyId || extensions.authorityKeyIdCritical) {
      throw refused(CertificateFault.BAD_AID, "the authority key identifier is missing or critical");
    }
    if (extensions.authorityKeyId == null || extensions.authorityKeyId.length != KeyId.LENGTH) {
      throw refused(CertificateFault.BAD_AID, "the authority key identifier has not 32 octets");
    }
    return KeyId.of(extensions.authorityKeyId);
  }

  private static void checkSubjectKeyId(ExtensionValues extensions, Ed25519PublicKey publicKey) throws CertificateRefusedException {
    if (extensions.subjectKeyId == null || extensions.subjectKeyIdCritical) {
      throw refused(CertificateFault.BAD_SID, "the subject key identifier is missing or critical");
    }
    if (!publicKey.keyId().isOctets(extensions.subjectKeyId)) {
      throw refused(CertificateFault.BAD_SID, "the subject key identifier is not that of the subject key");
    }
  }

  private static long pathLength(ExtensionValues extensions, CertificateKind kind) throws CertificateRefusedException {
    if (!extensions.hasBasicConstraints || !extensions.basicConstraintsCritical) {
      throw refused(CertificateFault.BAD_BC, "the basic constraints are missing or not critical");
    }
    byte[] pathLength = extensions.pathLength;
    if (extensions.isAuthority != kind.isPrivilege() || (pathLength != null && !kind.isPrivilege())) {
      throw refused(CertificateFault.BAD_BC, "the basic constraints do not suit " + kind.text());
    }
    return pathLength == null ? -1 : pathLengthValue(pathLength);
  }

  /** Returns the value of a path length that is not negative. */
  static long pathLengthValue(byte[] content) throws CertificateRefusedException {
    if (content.length > Long.BYTES) {
      throw refused(CertificateFault.BAD_BC, "the path length is beyond all measure");
    }
    long value = 0;
    for (byte octet : content) {
      value = value << 8 | octet & 0xff;
    }
    return value;
  }

  private static byte[] limitText(List<RawExtension> extensions, CertificateKind kind) throws CertificateRefusedException {
    if (!kind.isPrivilege() && extensions.stream().anyMatch(extension -> extension.id() == Extension.CERT_LIMIT)) {
      throw refused(CertificateFault.BAD_CERT_LIMIT, kind.text() + " must not have limits");
    }
    return text(extensions, Extension.CERT_LIMIT, CertificateFault.BAD_CERT_LIMIT);
  }

  static String ascii(byte[] text) {
    return new String(text, StandardCharsets.US_ASCII);
  }

  private static CertificateRefusedException refused(CertificateFault fault, String sentence) {
    return new CertificateRefusedException(fault, sentence);
  }
}
