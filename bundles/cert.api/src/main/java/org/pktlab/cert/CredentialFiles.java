package org.pktlab.cert;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Reads and writes key, certificate and request files (packetlab-trust section 2). Files of more than {@link #MAX_OCTETS} are refused.
 * Files are written beside their place and then moved into it, so that a reader sees the old or the new one, never a part. A service; safe
 * for use by several threads; calls block on the disk.
 */
@ProviderType
public interface CredentialFiles {
  /** The longest file, in octets, that is read. */
  int MAX_OCTETS = 1 << 20;

  /**
   * Reads a private key file: PKCS#8 in PEM, plain or encrypted (PBES2). The empty pass-phrase is tried first.
   *
   * @param file the file
   * @param passphrases asked once if the key is encrypted and the empty pass-phrase fails
   * @throws CredentialException if the file is unreadable, malformed or the pass-phrase is wrong
   */
  Ed25519PrivateKey readPrivateKey(Path file, PassphraseSource passphrases) throws CredentialException;

  /**
   * Reads a public key file: SubjectPublicKeyInfo in PEM.
   *
   * @throws CredentialException if the file is unreadable or malformed
   */
  Ed25519PublicKey readPublicKey(Path file) throws CredentialException;

  /**
   * Reads the encoding of a certificate file: the first CERTIFICATE block of PEM text, or the whole file as DER. It is not decoded.
   *
   * @throws CredentialException if the file is unreadable or holds no certificate block
   */
  byte[] readCertificateOctets(Path file) throws CredentialException;

  /**
   * Reads and decodes a certificate file.
   *
   * @throws CredentialException if the file is unreadable
   * @throws CertificateRefusedException if the certificate does not decode
   */
  Certificate readCertificate(Path file) throws CredentialException, CertificateRefusedException;

  /**
   * Reads and decodes a request file, PEM or DER.
   *
   * @throws CredentialException if the file is unreadable
   * @throws CertificateRefusedException if the request does not decode
   */
  CertificateRequest readRequest(Path file) throws CredentialException, CertificateRefusedException;

  /**
   * Reads a private key and the certificates that go with it, and puts the certificate on that key first.
   *
   * @param privateKey the key file
   * @param passphrases as in {@link #readPrivateKey}
   * @param certificates certificate files in any order
   * @throws CredentialException if a file is unreadable, a certificate does not decode, or none is on the key
   */
  Credentials readCredentials(Path privateKey, PassphraseSource passphrases, List<Path> certificates) throws CredentialException;

  /**
   * Writes a private key, created with mode 0600.
   *
   * @param file the file
   * @param key the key
   * @param passphrase encrypts the key (PBES2, PBKDF2 with HMAC-SHA256, AES-256-CBC); null or empty for a plain file; not kept
   * @param replace whether a file that exists may be replaced
   * @throws CredentialException if it exists and may not be replaced, or cannot be written
   */
  void writePrivateKey(Path file, Ed25519PrivateKey key, char[] passphrase, boolean replace) throws CredentialException;

  /**
   * Writes a public key file.
   *
   * @throws CredentialException if it exists and may not be replaced, or cannot be written
   */
  void writePublicKey(Path file, Ed25519PublicKey key, boolean replace) throws CredentialException;

  /**
   * Writes a certificate file in PEM.
   *
   * @throws CredentialException if it exists and may not be replaced, or cannot be written
   */
  void writeCertificate(Path file, Certificate certificate, boolean replace) throws CredentialException;

  /**
   * Writes a request file in PEM.
   *
   * @throws CredentialException if it exists and may not be replaced, or cannot be written
   */
  void writeRequest(Path file, CertificateRequest request, boolean replace) throws CredentialException;
}
