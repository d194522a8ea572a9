package org.pktlab.endpoint.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** One operator, one experimenter and their programs, with keys and certificates made for this run. */
final class TestTrust {
  private static final CertificateIssuer ISSUER = BouncyCastleTrust.issuer();
  private static final Instant NOW = Instant.now();

  static final Ed25519PrivateKey OPERATOR = ISSUER.generateKey();
  static final Ed25519PrivateKey EXPERIMENTER = ISSUER.generateKey();
  static final Ed25519PrivateKey CONTROLLER = ISSUER.generateKey();
  static final Ed25519PrivateKey ENDPOINT = ISSUER.generateKey();
  static final Ed25519PrivateKey AGENTS = ISSUER.generateKey();
  static final Ed25519PrivateKey BROKER = ISSUER.generateKey();

  private TestTrust() {}

  static Certificate issue(CertificateOptions options, Ed25519PrivateKey signer, Ed25519PrivateKey subject, Duration validFor) {
    try {
      return ISSUER.issue(options, signer, subject.publicKey(), NOW.minusSeconds(60), Instant.now().plus(validFor), ISSUER.randomSerials());
    } catch (IssueRefusedException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Certificate issue(CertificateKind kind, Ed25519PrivateKey signer, Ed25519PrivateKey subject) {
    return issue(CertificateOptions.of(kind), signer, subject, Duration.ofHours(1));
  }

  /** The controller's chain under a privilege with these limits. */
  static List<byte[]> controllerChain(CertificateLimits limits, Duration validFor) {
    Certificate command = issue(CertificateKind.PUBCMD, EXPERIMENTER, CONTROLLER);
    Certificate privilege = issue(CertificateOptions.of(CertificateKind.EXPPRIV).withLimits(limits), OPERATOR, EXPERIMENTER, validFor);
    return List.of(command.der(), privilege.der());
  }

  static List<byte[]> controllerChain() {
    return controllerChain(CertificateLimits.NONE, Duration.ofHours(1));
  }

  static List<byte[]> endpointChain() {
    return List.of(issue(CertificateKind.SUBCMD, OPERATOR, ENDPOINT).der());
  }

  static List<byte[]> agentChain(Ed25519PrivateKey subject) {
    return List.of(issue(CertificateKind.AGENT, AGENTS, subject).der());
  }
}
