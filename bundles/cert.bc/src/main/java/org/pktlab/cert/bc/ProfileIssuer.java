package org.pktlab.cert.bc;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.KeyId;
import org.pktlab.cert.SerialSource;
import org.pktlab.cert.bc.X509Profile.Extension;

/** Writes the profile octet for octet (packetlab-trust sections 4.1 and 4.3). */
@Component
public final class ProfileIssuer implements CertificateIssuer {
  private static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};
  private static final int SERIAL_OCTETS = 16;
  private static final int MAX_SERIAL_OCTETS = 64;

  private final SecureRandom random = new SecureRandom();

  @Override
  public Ed25519PrivateKey generateKey() {
    return Ed25519Signatures.generate(random);
  }

  @Override
  public Ed25519PrivateKey privateKeyOf(byte[] seed) {
    return Ed25519Signatures.privateKey(seed);
  }

  @Override
  public SerialSource randomSerials() {
    return () -> {
      byte[] serial = new byte[SERIAL_OCTETS];
      do {
        random.nextBytes(serial);
      } while (isZero(serial));
      return serial;
    };
  }

  @Override
  public Certificate issue(
      CertificateOptions options,
      Ed25519PrivateKey signer,
      Ed25519PublicKey subject,
      Instant notBefore,
      Instant notAfter,
      SerialSource serials)
      throws IssueRefusedException {
    String info = ProfileText.info(options);
    String limit = ProfileText.limit(options.limits());
    byte[] body =
        DerWriter.sequence(
            X509Profile.VERSION_3,
            serial(serials),
            X509Profile.ED25519_ALGORITHM,
            X509Profile.NAME,
            validity(notBefore.getEpochSecond(), notAfter.getEpochSecond()),
            X509Profile.NAME,
            subject.subjectPublicKeyInfo(),
            DerWriter.element(0xa3, extensions(options, signer.publicKey().keyId(), subject.keyId(), info, limit)));
    try {
      // The reader has the last word on what was written.
      return BasicDecoding.decode(signed(body, signer), signer.publicKey()).decodeLimits();
    } catch (CertificateRefusedException e) {
      throw new IssueRefusedException("a verifier would refuse the certificate: " + e.reason() + ", " + e.getMessage());
    }
  }

  @Override
  public CertificateRequest request(CertificateOptions options, Ed25519PrivateKey subject) throws IssueRefusedException {
    String info = ProfileText.info(options);
    String limit = ProfileText.limit(options.limits());
    List<byte[]> extensions = new ArrayList<>();
    if (options.pathLength() >= 0) {
      extensions.add(extension(Extension.BASIC_CONSTRAINTS, true, basicConstraints(options)));
    }
    addPrivate(extensions, info, limit);
    byte[] attribute =
        DerWriter.sequence(X509Profile.EXTENSION_REQUEST_OID, DerWriter.set(DerWriter.sequence(extensions.toArray(new byte[0][]))));
    byte[] body =
        DerWriter.sequence(
            DerWriter.unsignedInteger(0),
            X509Profile.NAME,
            subject.publicKey().subjectPublicKeyInfo(),
            DerWriter.element(0xa0, attribute));
    try {
      return RequestDecoding.decode(signed(body, subject));
    } catch (CertificateRefusedException e) {
      throw new IssueRefusedException("a signer would refuse the request: " + e.reason() + ", " + e.getMessage());
    }
  }

  @Override
  public byte[] sign(Ed25519PrivateKey key, byte[] message) {
    return Ed25519Signatures.sign(key, message);
  }

  @Override
  public boolean verifySignature(Ed25519PublicKey key, byte[] message, byte[] signature) {
    return Ed25519Signatures.verify(key, message, 0, message.length, signature);
  }

  private static byte[] signed(byte[] body, Ed25519PrivateKey key) {
    return DerWriter.sequence(body, X509Profile.ED25519_ALGORITHM, DerWriter.bitString(Ed25519Signatures.sign(key, body)));
  }

  private static byte[] serial(SerialSource serials) throws IssueRefusedException {
    byte[] serial = serials.next();
    if (serial.length == 0 || serial.length > MAX_SERIAL_OCTETS || isZero(serial)) {
      throw new IssueRefusedException("a serial number has 1 to " + MAX_SERIAL_OCTETS + " octets and is not zero");
    }
    return DerWriter.unsignedInteger(serial);
  }

  private static byte[] validity(long notBefore, long notAfter) throws IssueRefusedException {
    if (notBefore < 0 || notAfter > Asn1Time.LAST_SECOND || notAfter < notBefore) {
      throw new IssueRefusedException("the validity must lie between 1970 and 9999 and not end before it begins");
    }
    return DerWriter.sequence(Asn1Time.element(notBefore), Asn1Time.element(notAfter));
  }

  private static byte[] extensions(CertificateOptions options, KeyId authority, KeyId subject, String info, String limit) {
    boolean privilege = options.kind().isPrivilege();
    byte[] usage = {(byte) (privilege ? X509Profile.KEY_CERT_SIGN : X509Profile.DIGITAL_SIGNATURE)};
    byte[] unusedBits = {(byte) Integer.numberOfTrailingZeros(usage[0] & 0xff)};
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(
        extension(Extension.AUTHORITY_KEY_ID, false, DerWriter.sequence(DerWriter.element(0x80, authority.octets()))));
    extensions.add(extension(Extension.SUBJECT_KEY_ID, false, DerWriter.octetString(subject.octets())));
    extensions.add(extension(Extension.KEY_USAGE, true, DerWriter.element(DerReader.BIT_STRING, unusedBits, usage)));
    extensions.add(extension(Extension.BASIC_CONSTRAINTS, true, basicConstraints(options)));
    addPrivate(extensions, info, limit);
    return DerWriter.sequence(extensions.toArray(new byte[0][]));
  }

  private static void addPrivate(List<byte[]> extensions, String info, String limit) {
    extensions.add(extension(Extension.CERT_INFO, true, text(info)));
    if (limit != null) {
      extensions.add(extension(Extension.CERT_LIMIT, true, text(limit)));
    }
  }

  private static byte[] basicConstraints(CertificateOptions options) {
    if (!options.kind().isPrivilege()) {
      return DerWriter.sequence();
    }
    if (options.pathLength() < 0) {
      return DerWriter.sequence(TRUE);
    }
    return DerWriter.sequence(TRUE, DerWriter.unsignedInteger(options.pathLength()));
  }

  private static byte[] extension(Extension id, boolean critical, byte[] value) {
    return critical
        ? DerWriter.sequence(id.oid(), TRUE, DerWriter.octetString(value))
        : DerWriter.sequence(id.oid(), DerWriter.octetString(value));
  }

  private static byte[] text(String text) {
    return DerWriter.octetString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean isZero(byte[] octets) {
    for (byte octet : octets) {
      if (octet != 0) {
        return false;
      }
    }
    return true;
  }
}
