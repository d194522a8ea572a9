package org.pktlab.cert;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Decodes certificates and requests (packetlab-trust sections 4 to 6). Input may come from the network: whatever it is, the answer is a
 * value or the stated exception, in time and memory proportional to its length. A service; safe for use by several threads.
 */
@ProviderType
public interface CertificateDecoder {
  /** The longest encoding, in octets, that is looked at. */
  int MAX_OCTETS = 65_536;

  /**
   * Decodes one certificate, basic and detail; the signature is not looked at.
   *
   * @param der the encoding; not kept, not changed
   * @throws CertificateRefusedException with the code of the first check that fails
   */
  Certificate decode(byte[] der) throws CertificateRefusedException;

  /**
   * Decodes one certificate and, as the second check, verifies its signature.
   *
   * @param der the encoding; not kept, not changed
   * @param signer the key that must have signed; key identifiers are not compared
   * @throws CertificateRefusedException with the code of the first check that fails
   */
  Certificate decode(byte[] der, Ed25519PublicKey signer) throws CertificateRefusedException;

  /** Returns whether this key signed the certificate; key identifiers are not compared. */
  boolean isSignedBy(Certificate certificate, Ed25519PublicKey signer);

  /**
   * Decodes a PKCS#10 request and verifies its own signature.
   *
   * @param der the encoding; not kept, not changed
   * @throws CertificateRefusedException with the code of the first check that fails
   */
  CertificateRequest decodeRequest(byte[] der) throws CertificateRefusedException;
}
