package org.pktlab.cert;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A decoded certificate (packetlab-trust sections 4 to 6): well-formed, but not yet trusted, since nothing says who signed it. Made by a
 * {@link CertificateDecoder}. Immutable; equal if the encodings are equal.
 *
 * @param der the whole encoding; copied in and out
 * @param kind what it is
 * @param delegated what a {@code delpriv} hands on; empty for other kinds
 * @param description {@code cert_desc}, or null
 * @param auxiliary further pairs of {@code cert_info}, in order
 * @param serial the magnitude of the serial number without leading zeros, at least one octet; copied in and out
 * @param notBeforeNs first instant of validity, nanoseconds since 1970, unsigned 64 bits
 * @param notAfterNs last instant of validity, nanoseconds since 1970, unsigned 64 bits; 2^64-1 for dates after 2554-07-21T23:34:33Z
 * @param publicKey the subject's key
 * @param authorityKeyId the identifier of the key that claims to have signed
 * @param subjectKeyId the identifier of {@code publicKey}
 * @param pathLength how many delegations may follow, or -1 for any number
 * @param certInfo the text of extension 1.2.3.1
 * @param certLimit the text of extension 1.2.3.3, or null if the certificate has none
 * @param limits {@code certLimit} decoded
 */
public record Certificate(
    byte[] der,
    CertificateKind kind,
    Set<DelegatedPrivilege> delegated,
    String description,
    List<NamedValue> auxiliary,
    byte[] serial,
    long notBeforeNs,
    long notAfterNs,
    Ed25519PublicKey publicKey,
    KeyId authorityKeyId,
    KeyId subjectKeyId,
    long pathLength,
    String certInfo,
    String certLimit,
    CertificateLimits limits) {
  /** Checks that nothing needed is missing and copies. */
  public Certificate {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(publicKey, "public key");
    Objects.requireNonNull(authorityKeyId, "authority key identifier");
    Objects.requireNonNull(certInfo, "cert_info");
    Objects.requireNonNull(limits, "limits");
    if (!publicKey.keyId().equals(subjectKeyId)) {
      throw new IllegalArgumentException("the subject key identifier is not that of the subject key");
    }
    if (serial.length == 0 || pathLength < -1) {
      throw new IllegalArgumentException("a certificate has a serial number, and its path length is not negative");
    }
    der = der.clone();
    serial = serial.clone();
    delegated = Set.copyOf(delegated);
    auxiliary = List.copyOf(auxiliary);
  }

  @Override
  public byte[] der() {
    return der.clone();
  }

  @Override
  public byte[] serial() {
    return serial.clone();
  }

  /** Returns whether the certificate has a {@code cert_limit} extension at all. */
  public boolean hasLimits() {
    return certLimit != null;
  }

  /**
   * Returns whether the instant lies in the validity period, both ends included.
   *
   * @param nowNs nanoseconds since 1970, unsigned
   */
  public boolean isValidAt(long nowNs) {
    return Long.compareUnsigned(notBeforeNs, nowNs) <= 0 && Long.compareUnsigned(nowNs, notAfterNs) <= 0;
  }

  /** Returns the key under which counters of this certificate survive sessions: authority key identifier, then serial number octets. */
  public byte[] counterKey() {
    byte[] key = Arrays.copyOf(authorityKeyId.octets(), KeyId.LENGTH + serial.length);
    System.arraycopy(serial, 0, key, KeyId.LENGTH, serial.length);
    return key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Certificate && Arrays.equals(der, ((Certificate) other).der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  /** Returns kind, serial number and both key identifiers in one line. */
  @Override
  public String toString() {
    return kind.text() + " " + HexFormat.of().formatHex(serial) + " on " + subjectKeyId + " by " + authorityKeyId;
  }
}
