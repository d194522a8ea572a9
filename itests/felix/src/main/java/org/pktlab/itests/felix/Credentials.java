package org.pktlab.itests.felix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Hashtable;
import org.pktlab.cert.CertificateIssuer;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.IssueRefusedException;

/** Throw-away keys and certificates of one small deployment, and the configurations of its three roles. */
final class Credentials {
  private final Path folder;
  private final CertificateIssuer issuer;
  private final CredentialFiles files;

  Credentials(CertificateIssuer issuer, CredentialFiles files) throws IOException, CredentialException, IssueRefusedException {
    this.issuer = issuer;
    this.files = files;
    this.folder = Files.createTempDirectory("pktlab-itest");
    Ed25519PrivateKey brokerOperator = key("k_bop");
    Ed25519PrivateKey broker = key("k_broker");
    Ed25519PrivateKey operator = key("k_eop");
    Ed25519PrivateKey endpoint = key("k_ep");
    Ed25519PrivateKey experimenter = key("k_exper");
    Ed25519PrivateKey controller = key("k_xc");
    certificate("agent_broker", CertificateKind.AGENT, brokerOperator, broker);
    certificate("agent_ep", CertificateKind.AGENT, endpoint, endpoint);
    certificate("agent_xc", CertificateKind.AGENT, controller, controller);
    certificate("subcmd", CertificateKind.SUBCMD, operator, endpoint);
    certificate("exppriv", CertificateKind.EXPPRIV, operator, experimenter);
    certificate("pubcmd", CertificateKind.PUBCMD, experimenter, controller);
  }

  private Ed25519PrivateKey key(String name) throws CredentialException {
    Ed25519PrivateKey key = issuer.generateKey();
    files.writePrivateKey(folder.resolve(name), key, null, false);
    files.writePublicKey(folder.resolve(name + ".pub"), key.publicKey(), false);
    return key;
  }

  private void certificate(String name, CertificateKind kind, Ed25519PrivateKey signer, Ed25519PrivateKey subject)
      throws IssueRefusedException, CredentialException {
    Instant now = Instant.now();
    files.writeCertificate(
        folder.resolve(name + ".cert"),
        issuer.issue(
            CertificateOptions.of(kind), signer, subject.publicKey(), now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)), issuer.randomSerials()),
        false);
  }

  String file(String name) {
    return folder.resolve(name).toString();
  }

  Hashtable<String, Object> broker(int publish, int subscribe) {
    Hashtable<String, Object> configuration = new Hashtable<>();
    configuration.put("Publish", "127.0.0.1:" + publish);
    configuration.put("Subscribe", "127.0.0.1:" + subscribe);
    configuration.put("PrivKey", file("k_broker"));
    configuration.put("CertChainPath", file("agent_broker.cert"));
    configuration.put("StoreDir", file("store"));
    return configuration;
  }

  Hashtable<String, Object> endpoint(int subscribe) {
    Hashtable<String, Object> configuration = new Hashtable<>();
    configuration.put("TransprotoSup", "tcp,udp");
    configuration.put("VMemLocalAddrStrIPv4", "127.0.0.1/8");
    configuration.put("HostID", "itest");
    configuration.put("BrokerAddr", "127.0.0.1:" + subscribe);
    configuration.put("AutoExtractChannel", "1");
    configuration.put("EndpointAgentCertPath", file("agent_ep.cert"));
    configuration.put("BrokerChainRootPath", file("k_bop.pub"));
    configuration.put("EndpointOpPubKeyPath", file("k_eop.pub"));
    configuration.put("SubPrivCertChainPath", file("subcmd.cert"));
    configuration.put("ControllerCertChainPath", file("subcmd.cert"));
    configuration.put("EndpointPrivKey", file("k_ep"));
    configuration.put("MaxConcurrentExperiments", "2");
    return configuration;
  }

  Hashtable<String, Object> controller(int publish) {
    Hashtable<String, Object> configuration = new Hashtable<>();
    configuration.put("EnableExpPublication", "1");
    configuration.put("BrokerAddr", "127.0.0.1:" + publish);
    configuration.put("PubAgentCertPath", file("agent_xc.cert"));
    configuration.put("BrokerCertRootPath", file("k_bop.pub"));
    configuration.put("ControllerPrivkeyPath", file("k_xc"));
    configuration.put("ExpExec", new String[] {"1::" + file("exppriv.cert") + "," + file("pubcmd.cert") + ":" + file("k_eop.pub") + "::"});
    configuration.put("Listen", "127.0.0.1:0");
    return configuration;
  }
}
