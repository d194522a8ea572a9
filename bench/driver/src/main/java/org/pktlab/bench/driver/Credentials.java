package org.pktlab.bench.driver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.IssueRefusedException;
import org.pktlab.cert.bc.BouncyCastleTrust;

/** Throw-away keys, certificates and configurations of broker, endpoint, controller and peer, in one folder. */
final class Credentials {
  private static final List<String> KEYS = List.of("k_bop", "k_broker", "k_eop", "k_ep", "k_exper", "k_xc");

  private final Path folder;
  private final Map<String, Ed25519PrivateKey> keys = new HashMap<>();
  private final int publishPort;
  private final int subscribePort;
  private final int controllerPort;

  private Credentials(Path folder) throws IOException {
    this.folder = folder;
    try (ServerSocket a = free();
        ServerSocket b = free();
        ServerSocket c = free()) {
      publishPort = a.getLocalPort();
      subscribePort = b.getLocalPort();
      controllerPort = c.getLocalPort();
    }
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /** Makes them in a folder that exists and is empty. */
  static Credentials create(Path folder) throws IOException, BenchFailure {
    Credentials made = new Credentials(folder);
    try {
      for (String name : KEYS) {
        Ed25519PrivateKey key = BouncyCastleTrust.issuer().generateKey();
        made.keys.put(name, key);
        BouncyCastleTrust.credentialFiles().writePrivateKey(made.file(name), key, null, false);
        BouncyCastleTrust.credentialFiles().writePublicKey(made.file(name + ".pub"), key.publicKey(), false);
      }
      made.certificate(CertificateKind.AGENT, "k_bop", "k_broker");
      made.certificate(CertificateKind.AGENT, "k_xc", "k_xc");
      made.certificate(CertificateKind.AGENT, "k_ep", "k_ep");
      made.certificate(CertificateKind.EXPPRIV, "k_eop", "k_exper");
      made.certificate(CertificateKind.PUBCMD, "k_exper", "k_xc");
      made.certificate(CertificateKind.SUBCMD, "k_eop", "k_ep");
    } catch (CredentialException | IssueRefusedException e) {
      throw new BenchFailure("no credentials: " + e.getMessage());
    } finally {
      made.keys.values().forEach(Ed25519PrivateKey::destroy);
    }
    return made;
  }

  private void certificate(CertificateKind kind, String signer, String subject) throws CredentialException, IssueRefusedException {
    CertificateIssuer issuer = BouncyCastleTrust.issuer();
    BouncyCastleTrust.credentialFiles()
        .writeCertificate(
            certificateFile(kind, signer, subject),
            issuer.issue(
                CertificateOptions.of(kind),
                keys.get(signer),
                keys.get(subject).publicKey(),
                Instant.EPOCH,
                Instant.ofEpochSecond(Integer.MAX_VALUE),
                issuer.randomSerials()),
            false);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path certificateFile(CertificateKind kind, String signer, String subject) {
    return file(kind.text() + "_" + signer.substring(2) + "_" + subject.substring(2) + ".cert");
  }

  /** Where the controller listens. */
  String controllerAddress() {
    return "127.0.0.1:" + controllerPort;
  }

  /** Configuration of a broker. */
  Path broker() throws IOException {
    Path store = Files.createDirectories(file("store-" + System.nanoTime()));
    return Files.writeString(
        file("broker.conf"),
        """
        Publish 127.0.0.1:%d
        Subscribe 127.0.0.1:%d
        PrivKey %s
        CertChainPath %s
        ClientRootPath
        StoreDir %s
        """
            .formatted(publishPort, subscribePort, file("k_broker"), certificateFile(CertificateKind.AGENT, "k_bop", "k_broker"), store));
  }

  /**
   * Configuration of an endpoint.
   *
   * @param direct whether it serves one controller without a broker
   * @param more directives besides
   */
  Path endpoint(boolean direct, String... more) throws IOException {
    Path own = Files.createDirectories(file("endpoint-" + System.nanoTime()));
    Path subscription = certificateFile(CertificateKind.SUBCMD, "k_eop", "k_ep");
    return Files.writeString(
        own.resolve("endpt.conf"),
        """
        TransprotoSup tcp,udp,raw
        VMemLocalAddrStrIPv4 127.0.0.1/8
        HostID bench
        EndpointAttr hostid=bench;
        BrokerAddr 127.0.0.1:%d
        BrokerChainRootPath %s
        AutoExtractChannel 1
        EndpointPrivKey %s
        EndpointAgentCertPath %s
        EndpointOpPubKeyPath %s
        SubPrivCertChainPath %s
        ControllerCertChainPath %s
        RLimDBPath %s
        NoSubMode %d
        %s
        """
            .formatted(
                subscribePort,
                file("k_bop.pub"),
                file("k_ep"),
                certificateFile(CertificateKind.AGENT, "k_ep", "k_ep"),
                file("k_eop.pub"),
                subscription,
                subscription,
                own.resolve("endpt.rlim"),
                direct ? 1 : 0,
                String.join("\n", more)));
  }

  /** Configuration of a controller that publishes its experiments, or only awaits endpoints. */
  Path controller(boolean publishes) throws IOException {
    return Files.writeString(
        file(publishes ? "xpmgr-publish.conf" : "xpmgr.conf"),
        """
        EnableExpPublication %d
        BrokerAddr 127.0.0.1:%d
        BrokerCertRootPath %s
        PubAgentCertPath %s
        PubControllerAddr 127.0.0.1:%d
        PubPeriod 3600000000000
        GreetPeriodAfterPubEnd 0
        ControllerPrivkeyPath %s
        ExpExec 1::%s,%s:%s::
        """
            .formatted(
                publishes ? 1 : 0,
                publishPort,
                file("k_bop.pub"),
                certificateFile(CertificateKind.AGENT, "k_xc", "k_xc"),
                controllerPort,
                file("k_xc"),
                certificateFile(CertificateKind.EXPPRIV, "k_eop", "k_exper"),
                certificateFile(CertificateKind.PUBCMD, "k_exper", "k_xc"),
                file("k_eop.pub")));
  }
}
