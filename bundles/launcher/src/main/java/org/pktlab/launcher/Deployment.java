package org.pktlab.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.bc.BouncyCastleTrust;
import org.pktlab.config.reference.BrokerDirectives;
import org.pktlab.config.reference.EndpointDirectives;
import org.pktlab.config.reference.ManagerDirectives;
import org.pktlab.config.reference.ReferenceConfig;
import org.pktlab.config.reference.ReferenceConfigException;

/**
 * Keys, certificates and configuration of a small deployment in one folder: a broker and its operator, an endpoint and its operator, an experimenter and a
 * controller (packetlab-trust section 11.2). Private keys are plain files of mode 0600 in a folder of mode 0700.
 */
final class Deployment {
  static final String KEYS = "keys";
  static final String CERTIFICATES = "certs";
  static final String BROKER_CONF = "broker.conf";
  static final String ENDPOINT_CONF = "endpt.conf";
  static final String CONTROLLER_CONF = "xpmgr.conf";

  /** The last second of the certificates, as the C package's set-up makes them: 2038-01-19T03:14:07Z. */
  static final Instant LAST_SECOND = Instant.ofEpochSecond(Integer.MAX_VALUE);

  /** The names of the keys and what each is for. */
  static final Map<String, String> KEY_OWNERS =
      Map.of(
          "k_bop", "broker's operator",
          "k_broker", "broker",
          "k_eop", "endpoint's operator",
          "k_ep", "endpoint",
          "k_exper", "experimenter",
          "k_xc", "controller");

  /** Configuration files are read in pieces of 4095 octets; three paths and their directive must fit. */
  private static final int LONGEST_FOLDER = 1200;

  private final Path folder;
  private final DeploymentPlan plan;
  private final List<Path> made = new ArrayList<>();
  private final Map<String, Ed25519PrivateKey> keys = new HashMap<>();

  private Deployment(Path folder, DeploymentPlan plan) {
    this.folder = folder;
    this.plan = plan;
  }

  /**
   * Makes a deployment whose programs all run on this machine's loopback.
   *
   * @param dir a folder that does not exist or is empty
   * @throws IOException if it is neither, or cannot be written; what was made is removed again
   */
  static Deployment create(Path dir, int brokerPublishPort, int brokerSubscribePort, int controllerPort) throws IOException {
    return create(dir, DeploymentPlan.loopback(brokerPublishPort, brokerSubscribePort, controllerPort));
  }

  /**
   * Makes a deployment.
   *
   * @param dir a folder that does not exist or is empty
   * @throws IOException if it is neither, or cannot be written; what was made is removed again
   */
  static Deployment create(Path dir, DeploymentPlan plan) throws IOException {
    Deployment deployment = new Deployment(dir.toAbsolutePath().normalize(), plan);
    deployment.checkFolder();
    boolean complete = false;
    try {
      deployment.make();
      complete = true;
      return deployment;
    } catch (CredentialException | IssueRefusedException | ReferenceConfigException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      deployment.keys.values().forEach(Ed25519PrivateKey::destroy);
      if (!complete) {
        deployment.remove();
      }
    }
  }

  Path brokerConf() {
    return folder.resolve(BROKER_CONF);
  }

  Path endpointConf() {
    return folder.resolve(ENDPOINT_CONF);
  }

  Path controllerConf() {
    return folder.resolve(CONTROLLER_CONF);
  }

  /** What the controller must be told to listen on ({@code -a}), {@code HOST:PORT}. */
  String controllerListen() {
    return plan.controllerListen().toString();
  }

  Path folder() {
    return folder;
  }

  private void checkFolder() throws IOException {
    String text = folder.toString();
    boolean fits = text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_FOLDER;
    if (!fits || text.chars().anyMatch(c -> c == ',' || c == ':' || c < ' ' || c == 0x7f) || text.endsWith(" ")) {
      throw new IOException(
          "configuration files cannot name " + text.replaceAll("\\p{Cntrl}", "?") + ": a path has no comma, colon or control character and at most "
              + LONGEST_FOLDER + " octets");
    }
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " exists and is no folder; name one that does not exist or is empty");
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      if (entries.iterator().hasNext()) {
        throw new IOException(folder + " exists and is not empty; name one that does not exist, or remove it first");
      }
    }
  }

  private void make() throws IOException, CredentialException, IssueRefusedException, ReferenceConfigException {
    for (Path missing = folder; missing != null && !Files.exists(missing); missing = missing.getParent()) {
      made.add(0, missing);
    }
    Files.createDirectories(folder);
    folder(KEYS, "rwx------");
    folder(CERTIFICATES, "rwxr-xr-x");
    folder("state", "rwx------");
    folder("state/broker", "rwx------");
    for (String name : KEY_OWNERS.keySet()) {
      key(name);
    }
    certificate(CertificateKind.AGENT, "k_bop", "k_broker");
    certificate(CertificateKind.AGENT, "k_xc", "k_xc");
    certificate(CertificateKind.AGENT, "k_ep", "k_ep");
    certificate(CertificateKind.EXPPRIV, "k_eop", "k_exper");
    certificate(CertificateKind.PUBCMD, "k_exper", "k_xc");
    certificate(CertificateKind.SUBCMD, "k_eop", "k_ep");
    DeploymentConfiguration text = new DeploymentConfiguration(plan, folder);
    configuration(brokerConf(), text.broker());
    configuration(endpointConf(), text.endpoint());
    configuration(controllerConf(), text.controller());
    // Whoever starts a role with these files must not be the first to find a mistake in them.
    ReferenceConfig.read(brokerConf(), BrokerDirectives.TABLE);
    ReferenceConfig.read(endpointConf(), EndpointDirectives.TABLE);
    ReferenceConfig.read(controllerConf(), ManagerDirectives.TABLE);
  }

  private void folder(String name, String permissions) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))} : new FileAttribute<?>[0];
    Path path = folder.resolve(name);
    made.add(path);
    Files.createDirectory(path, attributes);
  }

  private void key(String name) throws CredentialException {
    CredentialFiles files = BouncyCastleTrust.credentialFiles();
    Ed25519PrivateKey key = BouncyCastleTrust.issuer().generateKey();
    keys.put(name, key);
    files.writePrivateKey(noted(folder.resolve(KEYS).resolve(name)), key, null, false);
    files.writePublicKey(noted(folder.resolve(KEYS).resolve(name + ".pub")), key.publicKey(), false);
  }

  private void certificate(CertificateKind kind, String signer, String subject) throws CredentialException, IssueRefusedException {
    CertificateIssuer issuer = BouncyCastleTrust.issuer();
    Path file = folder.resolve(CERTIFICATES).resolve(kind.text() + "_" + signer.substring(2) + "_" + subject.substring(2) + ".cert");
    BouncyCastleTrust.credentialFiles()
        .writeCertificate(
            noted(file),
            issuer.issue(
                CertificateOptions.of(kind), keys.get(signer), keys.get(subject).publicKey(), Instant.EPOCH, LAST_SECOND, issuer.randomSerials()),
            false);
  }

  private void configuration(Path file, String text) throws IOException {
    Files.writeString(noted(file), text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
  }

  private Path noted(Path file) {
    made.add(file);
    return file;
  }

  /** Removes what was made, the last first; what does not go stays, since the first failure is the one to tell. */
  private void remove() {
    for (int i = made.size() - 1; i >= 0; i--) {
      try {
        Files.deleteIfExists(made.get(i));
      } catch (IOException e) {
        // the caller hears of what went wrong before
      }
    }
  }
}
