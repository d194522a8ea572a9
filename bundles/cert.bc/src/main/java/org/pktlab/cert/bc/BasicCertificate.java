package org.pktlab.cert.bc;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.KeyId;
import org.pktlab.cert.NamedValue;

/**
 * A certificate after checks 1 to 14: everything but the values of its limits.
 *
 * @param signed what is signed, and the signature
 * @param info the pairs of {@code cert_info}
 * @param limit the pairs of {@code cert_limit}; empty if the extension is absent
 */
record BasicCertificate(
    SignedOctets signed,
    CertificateKind kind,
    Set<DelegatedPrivilege> delegated,
    List<NamedValue> info,
    byte[] serial,
    long notBeforeNs,
    long notAfterNs,
    Ed25519PublicKey publicKey,
    KeyId authorityKeyId,
    long pathLength,
    String certInfo,
    String certLimit,
    List<NamedValue> limit) {
  static final String TYPE = "cert_type";
  static final String DELEGATED = "del_type";
  static final String DESCRIPTION = "cert_desc";

  /** Does check 15 and returns the whole certificate. */
  Certificate decodeLimits() throws CertificateRefusedException {
    CertificateLimits limits = limit.isEmpty() ? CertificateLimits.NONE : LimitFields.read(limit);
    return new Certificate(
        signed.octets(),
        kind,
        delegated,
        valueOf(info, DESCRIPTION),
        auxiliary(info),
        serial,
        notBeforeNs,
        notAfterNs,
        publicKey,
        authorityKeyId,
        publicKey.keyId(),
        pathLength,
        certInfo,
        certLimit,
        limits);
  }

  /** Returns the value of a name, or null. */
  static String valueOf(List<NamedValue> pairs, String name) {
    for (NamedValue pair : pairs) {
      if (pair.name().equals(name)) {
        return pair.value();
      }
    }
    return null;
  }

  /** Returns the pairs of {@code cert_info} that have no meaning. */
  static List<NamedValue> auxiliary(List<NamedValue> info) {
    List<NamedValue> auxiliary = new ArrayList<>();
    for (NamedValue pair : info) {
      if (!pair.name().equals(TYPE) && !pair.name().equals(DELEGATED) && !pair.name().equals(DESCRIPTION)) {
        auxiliary.add(pair);
      }
    }
    return auxiliary;
  }

  /** Reads a value of {@code del_type}; null if it is malformed. */
  static Set<DelegatedPrivilege> delegated(String value) {
    Set<DelegatedPrivilege> privileges = EnumSet.noneOf(DelegatedPrivilege.class);
    for (String item : value.split(",", -1)) {
      DelegatedPrivilege privilege = DelegatedPrivilege.ofText(item).orElse(null);
      if (privilege == null) {
        return null;
      }
      privileges.add(privilege);
    }
    return privileges;
  }
}
