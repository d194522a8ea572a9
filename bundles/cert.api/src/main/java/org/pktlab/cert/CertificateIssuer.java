package org.pktlab.cert;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Makes keys, certificates and requests, octet for octet as the certificate tool of the C package writes them (packetlab-trust sections
 * 4.1, 4.3 and 11). A service; safe for use by several threads.
 */
@ProviderType
public interface CertificateIssuer {
  /** Returns a new key from a secure source of randomness. */
  Ed25519PrivateKey generateKey();

  /**
   * Returns the key that a seed generates.
   *
   * @param seed 32 octets; copied
   * @throws IllegalArgumentException if the length is another
   */
  Ed25519PrivateKey privateKeyOf(byte[] seed);

  /** Returns a source of random 128-bit serial numbers. */
  SerialSource randomSerials();

  /**
   * Issues a certificate.
   *
   * @param options what it shall say; those of a {@link CertificateRequest} may be taken, changed at will
   * @param signer the key that signs
   * @param subject the key to be certified
   * @param notBefore first second of validity, 1970 to 9999; fractions are cut off
   * @param notAfter last second of validity, not earlier than {@code notBefore}
   * @param serials asked for one serial number
   * @throws IssueRefusedException if the options do not fit together or a verifier would refuse the result
   */
  Certificate issue(
      CertificateOptions options,
      Ed25519PrivateKey signer,
      Ed25519PublicKey subject,
      Instant notBefore,
      Instant notAfter,
      SerialSource serials)
      throws IssueRefusedException;

  /**
   * Makes a request for a certificate on one's own key.
   *
   * @param options what it shall ask for
   * @param subject the key to be certified, which also signs the request
   * @throws IssueRefusedException if the options do not fit together
   */
  CertificateRequest request(CertificateOptions options, Ed25519PrivateKey subject) throws IssueRefusedException;

  /** Returns the 64-octet Ed25519 signature of a message. */
  byte[] sign(Ed25519PrivateKey key, byte[] message);

  /** Returns whether the 64 octets are this key's Ed25519 signature of the message; anything malformed is not. */
  boolean verifySignature(Ed25519PublicKey key, byte[] message, byte[] signature);
}
