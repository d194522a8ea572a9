package org.pktlab.broker.core;

import java.time.Instant;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.DelegatedPrivilege;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** Throw-away keys and certificates. */
final class Pki {
  static final CertificateIssuer ISSUER = BouncyCastleTrust.issuer();
  static final Instant FAR = Instant.ofEpochSecond(2_147_483_647L);

  private Pki() {}

  static Ed25519PrivateKey key() {
    return ISSUER.generateKey();
  }

  static Certificate agent(Ed25519PrivateKey signer, Ed25519PrivateKey subject) {
    return issue(CertificateOptions.of(CertificateKind.AGENT), signer, subject, FAR);
  }

  static Certificate subcmd(Ed25519PrivateKey signer, Ed25519PrivateKey subject, Instant notAfter) {
    return issue(CertificateOptions.of(CertificateKind.SUBCMD), signer, subject, notAfter);
  }

  static Certificate pubcmd(Ed25519PrivateKey signer, Ed25519PrivateKey subject, Instant notAfter) {
    return issue(CertificateOptions.of(CertificateKind.PUBCMD), signer, subject, notAfter);
  }

  static Certificate exppriv(Ed25519PrivateKey signer, Ed25519PrivateKey subject, Long maxPriority, Instant notAfter) {
    CertificateLimits limits = CertificateLimits.builder().maxPriority(maxPriority).build();
    return issue(CertificateOptions.of(CertificateKind.EXPPRIV).withLimits(limits), signer, subject, notAfter);
  }

  static Certificate representation(Ed25519PrivateKey signer, Ed25519PrivateKey deputy) {
    return issue(CertificateOptions.delegating(DelegatedPrivilege.REPPRIV), signer, deputy, FAR);
  }

  private static Certificate issue(CertificateOptions options, Ed25519PrivateKey signer, Ed25519PrivateKey subject, Instant notAfter) {
    try {
      return ISSUER.issue(options, signer, subject.publicKey(), Instant.EPOCH, notAfter, ISSUER.randomSerials());
    } catch (IssueRefusedException e) {
      throw new AssertionError(e);
    }
  }
}
