package org.pktlab.cert.bc;

import java.util.List;
import org.pktlab.cert.CertificateFault;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.bc.RawCertificate.RawExtension;
import org.pktlab.cert.bc.X509Profile.Extension;

/**
 * The standard extensions of a certificate. As in the C library they are read together when the key usage is asked for: one that is doubled
 * or unreadable, or a negative path length, makes that check fail, whatever the others say (packetlab-trust section 6).
 */
final class ExtensionValues {
  /** The first octets of keyUsage, the second in the higher bits; -1 if absent. */
  final int keyUsage;

  final boolean hasAuthorityKeyId;
  final boolean authorityKeyIdCritical;

  /** The keyIdentifier field, or null. */
  final byte[] authorityKeyId;

  final boolean subjectKeyIdCritical;

  /** The identifier, or null if the extension is absent. */
  final byte[] subjectKeyId;

  final boolean hasBasicConstraints;
  final boolean basicConstraintsCritical;
  final boolean isAuthority;

  /** The magnitude of the path length, or null. */
  final byte[] pathLength;

  private ExtensionValues(List<RawExtension> extensions) throws MalformedDerException {
    RawExtension usage = single(extensions, Extension.KEY_USAGE);
    keyUsage = usage == null ? -1 : keyUsage(usage.value().open().only(DerReader.BIT_STRING).bits());

    RawExtension authority = single(extensions, Extension.AUTHORITY_KEY_ID);
    hasAuthorityKeyId = authority != null;
    authorityKeyIdCritical = authority != null && authority.critical();
    authorityKeyId = authority == null ? null : authorityKeyId(authority.value());

    RawExtension subject = single(extensions, Extension.SUBJECT_KEY_ID);
    subjectKeyIdCritical = subject != null && subject.critical();
    subjectKeyId = subject == null ? null : subject.value().open().only(DerReader.OCTET_STRING).content();

    RawExtension constraints = single(extensions, Extension.BASIC_CONSTRAINTS);
    hasBasicConstraints = constraints != null;
    basicConstraintsCritical = constraints != null && constraints.critical();
    if (constraints == null) {
      isAuthority = false;
      pathLength = null;
    } else {
      DerReader parts = constraints.value().open().only(DerReader.SEQUENCE).open();
      isAuthority = parts.isNext(DerReader.BOOLEAN) && parts.next().bool();
      pathLength = parts.hasMore() ? parts.next(DerReader.INTEGER).integer() : null;
      parts.end();
      if (pathLength != null && pathLength[0] < 0) {
        throw new MalformedDerException("the path length is negative");
      }
    }
  }

  static ExtensionValues of(List<RawExtension> extensions) throws CertificateRefusedException {
    try {
      return new ExtensionValues(extensions);
    } catch (MalformedDerException e) {
      throw new CertificateRefusedException(CertificateFault.BAD_KEYUSAGE, "a standard extension is unreadable: " + e.getMessage());
    }
  }

  private static RawExtension single(List<RawExtension> extensions, Extension id) throws MalformedDerException {
    RawExtension found = null;
    for (RawExtension extension : extensions) {
      if (extension.id() == id) {
        if (found != null) {
          throw new MalformedDerException(id + " occurs twice");
        }
        found = extension;
      }
    }
    return found;
  }

  private static int keyUsage(byte[] bits) {
    int usage = bits.length > 0 ? bits[0] & 0xff : 0;
    return bits.length > 1 ? usage | (bits[1] & 0xff) << 8 : usage;
  }

  /** Reads keyIdentifier; issuer and serial number may follow and are not looked into. */
  private static byte[] authorityKeyId(DerReader.Element value) throws MalformedDerException {
    DerReader parts = value.open().only(DerReader.SEQUENCE).open();
    byte[] identifier = parts.isNext(0x80) ? parts.next().content() : null;
    if (parts.isNext(0xa1)) {
      DerReader names = parts.next().open();
      while (names.hasMore()) {
        names.next();
      }
    }
    if (parts.isNext(0x82)) {
      parts.next().integer();
    }
    parts.end();
    return identifier;
  }
}
