package org.pktlab.cert;

import java.util.Arrays;
import java.util.Objects;

/**
 * A PKCS#10 request whose own signature was found right (packetlab-trust section 4.3). Immutable; equal if the encodings are equal.
 *
 * @param der the whole encoding; copied in and out
 * @param publicKey the key to be certified
 * @param options what is asked for
 */
public record CertificateRequest(byte[] der, Ed25519PublicKey publicKey, CertificateOptions options) {
  /** Checks that nothing is missing and copies. */
  public CertificateRequest {
    Objects.requireNonNull(publicKey, "public key");
    Objects.requireNonNull(options, "options");
    der = der.clone();
  }

  @Override
  public byte[] der() {
    return der.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CertificateRequest && Arrays.equals(der, ((CertificateRequest) other).der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return "request for " + options.kind().text() + " on " + publicKey.keyId();
  }
}
