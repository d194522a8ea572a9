package org.pktlab.itests.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateLimits;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** What {@code ./pktlab init} made on loopback, or {@code ./pktlab try}; and variations of it that a test needs. */
final class Deployment {
  private static final CertificateIssuer ISSUER = BouncyCastleTrust.issuer();
  private static final CredentialFiles FILES = BouncyCastleTrust.credentialFiles();

  private final Path folder;

  /** A deployment that is there. */
  Deployment(Path folder) {
    this.folder = folder;
  }

  /** Makes one by the command. Its endpoint has the host id {@code endpoint1} and takes two experiments at once. */
  static Deployment make(Lab lab) throws IOException, InterruptedException {
    Path folder = lab.folder().resolve("dep");
    int[] ports = Lab.freePorts(3);
    lab.done(
        0,
        "init",
        "init",
        "--broker=127.0.0.1:" + ports[0],
        "--subscribe-port=" + ports[1],
        "--controller-address=127.0.0.1:" + ports[2],
        "--host-id=endpoint1",
        "--local-address=127.0.0.1/8",
        folder.toString());
    Deployment deployment = new Deployment(folder);
    Files.writeString(deployment.endpoint(), Files.readString(deployment.endpoint()) + "MaxConcurrentExperiments 2\n");
    return deployment;
  }

  Path folder() {
    return folder;
  }

  String broker() {
    return folder.resolve("broker.conf").toString();
  }

  Path endpoint() {
    return folder.resolve("endpt.conf");
  }

  Path controller() {
    return folder.resolve("xpmgr.conf");
  }

  /** The address that follows a directive in a configuration file. */
  static String value(Path file, String directive) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(directive + " "))
        .map(line -> line.substring(directive.length() + 1).strip())
        .findFirst()
        .orElseThrow(() -> new IOException("no " + directive + " in " + file));
  }

  /** Where its controllers listen, {@code 127.0.0.1:PORT}. */
  String controllerAddress() throws IOException {
    return value(controller(), "PubControllerAddr");
  }

  String publishAddress() throws IOException {
    return value(Path.of(broker()), "Publish");
  }

  String subscribeAddress() throws IOException {
    return value(Path.of(broker()), "Subscribe");
  }

  /** Copies a configuration file with changes; returns the copy. */
  Path variant(Path file, String name, UnaryOperator<String> change) throws IOException {
    String before = Files.readString(file);
    String after = change.apply(before);
    if (after.equals(before)) {
      throw new IOException("nothing was changed in " + file);
    }
    return Files.writeString(folder.resolve(name), after);
  }

  /** The controller's configuration without a broker: it awaits endpoints that are told its address by hand. */
  Path directController() throws IOException {
    return variant(controller(), "direct.conf", text -> text.replace("EnableExpPublication 1", "EnableExpPublication 0"));
  }

  /** A controller configuration with another {@code exppriv} certificate. */
  String withExppriv(String certificate) throws IOException {
    return variant(controller(), certificate + ".conf", text -> text.replace("exppriv_eop_exper.cert", certificate)).toString();
  }

  /** A controller configuration with a chain that somebody else than the operator began, for the channel of the operator. */
  String withStranger() throws Exception {
    certificate("exppriv_stranger.cert", CertificateOptions.of(CertificateKind.EXPPRIV), "k_bop", "k_exper", later());
    String channel = FILES.readPublicKey(folder.resolve("keys/k_eop.pub")).keyId().toString();
    return variant(
            controller(),
            "stranger.conf",
            text ->
                text.replace("exppriv_eop_exper.cert", "exppriv_stranger.cert")
                    .replaceAll("keys/k_eop.pub::\n", "keys/k_bop.pub:" + channel + ":\n"))
        .toString();
  }

  /** A second endpoint of the same operator, with a key of its own; returns its configuration file. */
  Path secondEndpoint(String hostId) throws Exception {
    Ed25519PrivateKey key = ISSUER.generateKey();
    FILES.writePrivateKey(folder.resolve("keys/k_" + hostId), key, null, false);
    FILES.writePublicKey(folder.resolve("keys/k_" + hostId + ".pub"), key.publicKey(), false);
    certificate("agent_" + hostId + ".cert", CertificateOptions.of(CertificateKind.AGENT), "k_" + hostId, "k_" + hostId, later());
    certificate("subcmd_" + hostId + ".cert", CertificateOptions.of(CertificateKind.SUBCMD), "k_eop", "k_" + hostId, later());
    return variant(
        endpoint(),
        hostId + ".conf",
        text ->
            text.replace("keys/k_ep", "keys/k_" + hostId)
                .replace("agent_ep_ep", "agent_" + hostId)
                .replace("subcmd_eop_ep", "subcmd_" + hostId)
                .replace("endpt.rlim", hostId + ".rlim")
                .replace("endpoint1", hostId));
  }

  /** The operator's certificate for the experimenter with a limit on sent octets. */
  String limited() throws Exception {
    CertificateLimits limits = CertificateLimits.builder().maxSendOctets(1_000_000L).build();
    return exppriv("exppriv_limited.cert", limits, later());
  }

  /** The operator's certificate for the experimenter that was valid until an hour ago. */
  String expired() throws Exception {
    return exppriv("exppriv_expired.cert", CertificateLimits.NONE, Instant.now().minus(Duration.ofHours(1)));
  }

  private String exppriv(String name, CertificateLimits limits, Instant until) throws Exception {
    return certificate(name, CertificateOptions.of(CertificateKind.EXPPRIV).withLimits(limits), "k_eop", "k_exper", until);
  }

  /** The operator's certificate for the experimenter with another signature. */
  String forged() throws Exception {
    byte[] der = FILES.readCertificateOctets(folder.resolve("certs/exppriv_eop_exper.cert"));
    der[der.length - 20] ^= 1;
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    String text = "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
    Files.writeString(folder.resolve("certs/exppriv_forged.cert"), text, StandardCharsets.US_ASCII);
    return "exppriv_forged.cert";
  }

  private static Instant later() {
    return Instant.now().plus(Duration.ofDays(30));
  }

  private String certificate(String name, CertificateOptions options, String signer, String subject, Instant until) throws Exception {
    FILES.writeCertificate(
        folder.resolve("certs").resolve(name),
        ISSUER.issue(
            options,
            FILES.readPrivateKey(folder.resolve("keys").resolve(signer), null),
            FILES.readPublicKey(folder.resolve("keys").resolve(subject + ".pub")),
            Instant.now().minus(Duration.ofDays(1)),
            until,
            ISSUER.randomSerials()),
        false);
    return name;
  }
}
