package org.pktlab.cert.bc;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Credentials;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.PassphraseSource;

/** Key, certificate and request files in PEM (packetlab-trust section 2). */
@Component
public final class PemCredentialFiles implements CredentialFiles {
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String ENCRYPTED_PRIVATE_KEY = "ENCRYPTED PRIVATE KEY";
  private static final String PUBLIC_KEY = "PUBLIC KEY";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String REQUEST = "CERTIFICATE REQUEST";
  private static final String OLD_REQUEST = "NEW CERTIFICATE REQUEST";

  private final SecureRandom random = new SecureRandom();

  @Override
  public Ed25519PrivateKey readPrivateKey(Path file, PassphraseSource passphrases) throws CredentialException {
    byte[] text = PlacedFile.read(file);
    byte[] content = null;
    try {
      PemText.Block block = PemText.first(text, List.of(PRIVATE_KEY, ENCRYPTED_PRIVATE_KEY));
      if (block == null) {
        throw new CredentialException(file + " holds no private key in PKCS#8 PEM");
      }
      content = block.content();
      return block.label().equals(PRIVATE_KEY) ? Pkcs8.read(content) : decrypted(file, content, passphrases);
    } catch (MalformedDerException e) {
      throw new CredentialException(file + " is not a usable private key: " + e.getMessage());
    } finally {
      Arrays.fill(text, (byte) 0);
      if (content != null) {
        Arrays.fill(content, (byte) 0);
      }
    }
  }

  @Override
  public Ed25519PublicKey readPublicKey(Path file) throws CredentialException {
    try {
      PemText.Block block = PemText.first(PlacedFile.read(file), List.of(PUBLIC_KEY));
      if (block == null) {
        throw new CredentialException(file + " holds no public key in PEM");
      }
      DerReader reader = new DerReader(block.content());
      DerReader.Element info = RawCertificate.subjectKey(reader);
      reader.end();
      return BasicDecoding.publicKey(info);
    } catch (MalformedDerException | CertificateRefusedException e) {
      throw new CredentialException(file + " is not a usable public key: " + e.getMessage());
    }
  }

  @Override
  public byte[] readCertificateOctets(Path file) throws CredentialException {
    return octets(file, "certificate", List.of(CERTIFICATE));
  }

  @Override
  public Certificate readCertificate(Path file) throws CredentialException, CertificateRefusedException {
    return BasicDecoding.decode(readCertificateOctets(file), null).decodeLimits();
  }

  @Override
  public CertificateRequest readRequest(Path file) throws CredentialException, CertificateRefusedException {
    return RequestDecoding.decode(octets(file, "request", List.of(REQUEST, OLD_REQUEST)));
  }

  @Override
  public Credentials readCredentials(Path privateKey, PassphraseSource passphrases, List<Path> certificates)
      throws CredentialException {
    List<Certificate> decoded = new ArrayList<>();
    for (Path file : certificates) {
      try {
        decoded.add(readCertificate(file));
      } catch (CertificateRefusedException e) {
        throw new CredentialException(file + " is not a usable certificate: " + e.reason() + ", " + e.getMessage(), e);
      }
    }
    return Credentials.ordered(readPrivateKey(privateKey, passphrases), decoded);
  }

  @Override
  public void writePrivateKey(Path file, Ed25519PrivateKey key, char[] passphrase, boolean replace) throws CredentialException {
    byte[] der = key.pkcs8();
    boolean plain = passphrase == null || passphrase.length == 0;
    byte[] text =
        plain
            ? PemText.write(PRIVATE_KEY, der)
            : PemText.write(ENCRYPTED_PRIVATE_KEY, KeyEncryption.encrypt(der, passphrase, random));
    try {
      PlacedFile.write(file, text, PlacedFile.OWNER_ONLY, replace);
    } finally {
      Arrays.fill(der, (byte) 0);
      Arrays.fill(text, (byte) 0);
    }
  }

  @Override
  public void writePublicKey(Path file, Ed25519PublicKey key, boolean replace) throws CredentialException {
    PlacedFile.write(file, PemText.write(PUBLIC_KEY, key.subjectPublicKeyInfo()), PlacedFile.PUBLIC, replace);
  }

  @Override
  public void writeCertificate(Path file, Certificate certificate, boolean replace) throws CredentialException {
    PlacedFile.write(file, PemText.write(CERTIFICATE, certificate.der()), PlacedFile.PUBLIC, replace);
  }

  @Override
  public void writeRequest(Path file, CertificateRequest request, boolean replace) throws CredentialException {
    PlacedFile.write(file, PemText.write(REQUEST, request.der()), PlacedFile.PUBLIC, replace);
  }

  private static Ed25519PrivateKey decrypted(Path file, byte[] content, PassphraseSource passphrases)
      throws CredentialException, MalformedDerException {
    Ed25519PrivateKey key = decrypted(content, new char[0]);
    if (key != null) {
      return key;
    }
    char[] passphrase = passphrases.passphrase(file);
    if (passphrase == null) {
      throw new CredentialException(file + " is encrypted and no pass-phrase was given");
    }
    try {
      key = decrypted(content, passphrase);
    } finally {
      Arrays.fill(passphrase, '\0');
    }
    if (key == null) {
      throw new CredentialException("the pass-phrase does not open " + file);
    }
    return key;
  }

  /** Returns the key, or null if the pass-phrase is wrong. */
  private static Ed25519PrivateKey decrypted(byte[] content, char[] passphrase) throws MalformedDerException {
    byte[] der = KeyEncryption.decrypt(content, passphrase);
    if (der == null) {
      return null;
    }
    try {
      return Pkcs8.read(der);
    } catch (MalformedDerException e) {
      // A wrong pass-phrase can leave right padding behind by chance, never a key.
      return null;
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static byte[] octets(Path file, String what, List<String> labels) throws CredentialException {
    byte[] octets = PlacedFile.read(file);
    if (!PemText.looksLikePem(octets)) {
      return octets;
    }
    try {
      PemText.Block block = PemText.first(octets, labels);
      if (block == null) {
        throw new CredentialException(file + " holds no " + what);
      }
      return block.content();
    } catch (MalformedDerException e) {
      throw new CredentialException(file + " is not a usable " + what + ": " + e.getMessage());
    }
  }
}
