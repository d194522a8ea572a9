package org.pktlab.cert.bc;

import org.pktlab.cert.CertificateDecoder;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.ChainVerifier;
import org.pktlab.cert.CredentialFiles;

/**
 * The services of this bundle for programs that run on a flat class path, without a service registry. Each call returns the same instance;
 * all are safe for use by several threads.
 */
public final class BouncyCastleTrust {
  private static final CertificateDecoder DECODER = new ProfileDecoder();
  private static final ChainVerifier VERIFIER = new PhaseVerifier();
  private static final CertificateIssuer ISSUER = new ProfileIssuer();
  private static final CredentialFiles CREDENTIAL_FILES = new PemCredentialFiles();

  private BouncyCastleTrust() {}

  /** Returns the decoder of certificates and requests. */
  public static CertificateDecoder decoder() {
    return DECODER;
  }

  /** Returns the verifier of chains. */
  public static ChainVerifier verifier() {
    return VERIFIER;
  }

  /** Returns the issuer of keys, certificates and requests. */
  public static CertificateIssuer issuer() {
    return ISSUER;
  }

  /** Returns the reader and writer of credential files. */
  public static CredentialFiles credentialFiles() {
    return CREDENTIAL_FILES;
  }
}
