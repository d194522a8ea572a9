package org.pktlab.broker.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.RendezvousException;

/**
 * The broker's configuration, checked and loaded: files are read and names resolved.
 *
 * @param publish where managers publish
 * @param subscribe where endpoints subscribe; equal to {@code publish} when one port serves both
 * @param key the broker's private key
 * @param certificate its agent certificate
 * @param clientRoots signers of clients' agent certificates; empty means any
 * @param storeDir folder of the store, or null for none
 */
record BrokerSettings(
    InetSocketAddress publish,
    InetSocketAddress subscribe,
    Ed25519PrivateKey key,
    Certificate certificate,
    List<Ed25519PublicKey> clientRoots,
    Path storeDir) {

  static BrokerSettings load(BrokerConfiguration configured, CredentialFiles files, PassphraseSource passphrases) throws SettingsException {
    Ed25519PrivateKey key = privateKey(configured.PrivKey(), files, passphrases);
    return new BrokerSettings(
        address("Publish", configured.Publish(), Address.PUBLICATION_PORT),
        address("Subscribe", configured.Subscribe(), Address.SUBSCRIPTION_PORT),
        key,
        certificate(configured.CertChainPath(), key, files),
        publicKeys(configured.ClientRootPath(), files),
        storeDir(configured.StoreDir()));
  }

  /** Whether publishers and subscribers share one listening port. */
  boolean shared() {
    return publish.getPort() != 0 && publish.equals(subscribe);
  }

  private static Ed25519PrivateKey privateKey(String file, CredentialFiles files, PassphraseSource passphrases) throws SettingsException {
    if (file.isEmpty()) {
      throw wrong("PrivKey", "", "the file of the broker's private key");
    }
    try {
      return files.readPrivateKey(path("PrivKey", file), passphrases);
    } catch (CredentialException e) {
      throw new SettingsException("PrivKey: " + e.getMessage());
    }
  }

  private static Certificate certificate(String list, Ed25519PrivateKey key, CredentialFiles files) throws SettingsException {
    List<String> items = items(list);
    if (items.size() != 1) {
      throw wrong("CertChainPath", list, "the file of one agent certificate: clients accept no longer chain from a broker");
    }
    try {
      Certificate certificate = files.readCertificate(path("CertChainPath", items.get(0)));
      if (certificate.kind() != CertificateKind.AGENT) {
        throw wrong("CertChainPath", list, "an agent certificate, but this is of kind " + certificate.kind().text());
      }
      if (!certificate.publicKey().equals(key.publicKey())) {
        throw new SettingsException(
            "CertChainPath: the certificate is on key " + certificate.subjectKeyId() + ", PrivKey is " + key.publicKey().keyId());
      }
      return certificate;
    } catch (CredentialException | CertificateRefusedException e) {
      throw new SettingsException("CertChainPath: " + items.get(0) + ": " + e.getMessage());
    }
  }

  private static List<Ed25519PublicKey> publicKeys(String list, CredentialFiles files) throws SettingsException {
    List<Ed25519PublicKey> keys = new ArrayList<>();
    for (String file : items(list)) {
      try {
        keys.add(files.readPublicKey(path("ClientRootPath", file)));
      } catch (CredentialException e) {
        throw new SettingsException("ClientRootPath: " + e.getMessage());
      }
    }
    return List.copyOf(keys);
  }

  private static InetSocketAddress address(String directive, String text, int port) throws SettingsException {
    try {
      Address address = Address.parse(text, port);
      return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
    } catch (RendezvousException e) {
      throw wrong(directive, text, "HOST or HOST:PORT (" + e.reason() + ")");
    } catch (UnknownHostException e) {
      throw wrong(directive, text, "an address of this host, but the name does not resolve");
    }
  }

  private static Path storeDir(String text) throws SettingsException {
    return text.isEmpty() ? null : path("StoreDir", text);
  }

  private static Path path(String directive, String text) throws SettingsException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw wrong(directive, text, "the name of a file or folder");
    }
  }

  private static List<String> items(String list) {
    return list.isEmpty() ? List.of() : List.of(list.split(",", -1)).stream().filter(item -> !item.isEmpty()).toList();
  }

  private static SettingsException wrong(String directive, Object value, String expected) {
    return new SettingsException(directive + " is '" + value + "'; expected " + expected);
  }
}
