package org.pktlab.controller.core;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** Keys and certificates made for this run, and files of them. */
final class Pki {
  private static final CertificateIssuer ISSUER = BouncyCastleTrust.issuer();

  static final Ed25519PrivateKey OPERATOR = ISSUER.generateKey();
  static final Ed25519PrivateKey EXPERIMENTER = ISSUER.generateKey();
  static final Ed25519PrivateKey CONTROLLER = ISSUER.generateKey();
  static final Ed25519PrivateKey ENDPOINT = ISSUER.generateKey();
  static final Ed25519PrivateKey AGENTS = ISSUER.generateKey();
  static final Ed25519PrivateKey BROKER = ISSUER.generateKey();

  static final Certificate COMMAND = issue(CertificateOptions.of(CertificateKind.PUBCMD), EXPERIMENTER, CONTROLLER);
  static final Certificate PRIVILEGE = issue(CertificateOptions.of(CertificateKind.EXPPRIV), OPERATOR, EXPERIMENTER);
  static final Certificate AGENT = issue(CertificateOptions.of(CertificateKind.AGENT), AGENTS, CONTROLLER);
  static final Certificate BROKER_AGENT = issue(CertificateOptions.of(CertificateKind.AGENT), AGENTS, BROKER);
  static final Certificate REPRESENTATION = issue(CertificateOptions.of(CertificateKind.SUBCMD), OPERATOR, ENDPOINT);

  private final Path directory;

  /** Writes the usual files into a directory. */
  Pki(Path directory) throws CredentialException {
    this.directory = directory;
    key("controller.key", CONTROLLER);
    publicKey("operator.pub", OPERATOR);
    publicKey("agents.pub", AGENTS);
    certificate("command.cert", COMMAND);
    certificate("privilege.cert", PRIVILEGE);
    certificate("agent.cert", AGENT);
  }

  static Certificate issue(CertificateOptions options, Ed25519PrivateKey signer, Ed25519PrivateKey subject) {
    try {
      Instant now = Instant.now();
      return ISSUER.issue(options, signer, subject.publicKey(), now.minusSeconds(60), now.plus(Duration.ofHours(1)), ISSUER.randomSerials());
    } catch (IssueRefusedException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static Certificate privilege(List<ProgramDigest> monitors) {
    CertificateLimits limits = CertificateLimits.builder().monitors(monitors).build();
    return issue(CertificateOptions.of(CertificateKind.EXPPRIV).withLimits(limits), OPERATOR, EXPERIMENTER);
  }

  String path(String name) {
    return directory.resolve(name).toString();
  }

  String paths(String... names) {
    List<String> paths = new ArrayList<>();
    for (String name : names) {
      paths.add(path(name));
    }
    return String.join(",", paths);
  }

  void key(String name, Ed25519PrivateKey key) throws CredentialException {
    BouncyCastleTrust.credentialFiles().writePrivateKey(directory.resolve(name), key, null, true);
  }

  void publicKey(String name, Ed25519PrivateKey key) throws CredentialException {
    BouncyCastleTrust.credentialFiles().writePublicKey(directory.resolve(name), key.publicKey(), true);
  }

  void certificate(String name, Certificate certificate) throws CredentialException {
    BouncyCastleTrust.credentialFiles().writeCertificate(directory.resolve(name), certificate, true);
  }

  /** An {@code ExpExec} value with the usual chain and operator. */
  String entry(boolean isDefault, String sniKey, String channels, String overrides) {
    return (isDefault ? "1" : "0") + ":" + sniKey + ":" + paths("command.cert", "privilege.cert") + ":" + path("operator.pub") + ":" + channels + ":" + overrides;
  }
}
