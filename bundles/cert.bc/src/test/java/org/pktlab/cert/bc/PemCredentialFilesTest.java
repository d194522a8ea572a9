package org.pktlab.cert.bc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateKind;
import org.pktlab.cert.CertificateOptions;
import org.pktlab.cert.CertificateRequest;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Credentials;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.PassphraseSource;

/** Key, certificate and request files, those of the reference and our own. */
class PemCredentialFilesTest {
  private static final CredentialFiles FILES = BouncyCastleTrust.credentialFiles();

  @TempDir Path folder;

  @Test
  void shouldReadAllKeyFilesOfTheReference() throws Exception {
    assertEquals(14, ReferenceSet.keys().size());
    for (Map.Entry<String, JsonNode> entry : ReferenceSet.keys().entrySet()) {
      JsonNode key = entry.getValue();
      Ed25519PrivateKey privateKey =
          FILES.readPrivateKey(ReferenceSet.file(key.get("private_key_file").asText()), PassphraseSource.NONE);
      assertEquals(key.get("private_raw_hex").asText(), HexFormat.of().formatHex(privateKey.seed()));
      assertEquals(key.get("public_raw_hex").asText(), privateKey.publicKey().toString());
      assertEquals(key.get("key_id_sha256_hex").asText(), privateKey.publicKey().keyId().toString());
      assertEquals(privateKey.publicKey(), FILES.readPublicKey(ReferenceSet.file(key.get("public_key_file").asText())));
    }
  }

  @Test
  void shouldReadTheEncryptedKeyWithItsPassphraseOnly() throws Exception {
    JsonNode key = ReferenceSet.keys().get("k_enc");
    Path file = ReferenceSet.file(key.get("encrypted_private_key_file").asText());
    char[] passphrase = key.get("passphrase").asText().toCharArray();
    Ed25519PrivateKey read = FILES.readPrivateKey(file, asked -> passphrase);
    assertEquals(key.get("private_raw_hex").asText(), HexFormat.of().formatHex(read.seed()));
    assertArrayEquals(new char[passphrase.length], passphrase, "the pass-phrase is wiped");
    assertThrows(CredentialException.class, () -> FILES.readPrivateKey(file, asked -> "wrong".toCharArray()));
    assertThrows(CredentialException.class, () -> FILES.readPrivateKey(file, PassphraseSource.NONE));
  }

  @Test
  void shouldReadOtherEncryptionsOfPbes2AndRefuseOlderOnes() throws Exception {
    for (String name : List.of("keys/k_xc.scrypt", "keys/k_xc.des3")) {
      Ed25519PrivateKey key = FILES.readPrivateKey(ReferenceSet.file(name), asked -> "abc".toCharArray());
      assertEquals(ReferenceSet.publicKey("k_xc"), key.publicKey());
    }
    CredentialException refusal =
        assertThrows(
            CredentialException.class, () -> FILES.readPrivateKey(ReferenceSet.file("keys/k_xc.pbe1"), asked -> "abc".toCharArray()));
    assertTrue(refusal.getMessage().endsWith("in another way than PBES2"), refusal.getMessage());
  }

  @Test
  void shouldWriteKeysForTheirOwnerOnlyAndByteExact() throws Exception {
    Path file = folder.resolve("k_xc");
    FILES.writePrivateKey(file, ReferenceSet.privateKey("k_xc"), null, false);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertArrayEquals(Files.readAllBytes(ReferenceSet.file("keys/k_xc")), Files.readAllBytes(file));
    Path publicFile = folder.resolve("k_xc.pub");
    FILES.writePublicKey(publicFile, ReferenceSet.publicKey("k_xc"), false);
    assertArrayEquals(Files.readAllBytes(ReferenceSet.file("keys/k_xc.pub")), Files.readAllBytes(publicFile));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(2, left.count(), "no temporary file is left behind");
    }
  }

  @Test
  void shouldReadBackAnEncryptedKey() throws Exception {
    Path file = folder.resolve("key");
    Ed25519PrivateKey key = BouncyCastleTrust.issuer().generateKey();
    FILES.writePrivateKey(file, key, "p\u00e4ss".toCharArray(), false);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertTrue(Files.readString(file).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assertArrayEquals(key.seed(), FILES.readPrivateKey(file, asked -> "p\u00e4ss".toCharArray()).seed());
  }

  @Test
  void shouldReplaceAFileOnlyWhenToldTo() throws Exception {
    Path file = folder.resolve("key");
    Ed25519PrivateKey first = ReferenceSet.privateKey("k_xc");
    Ed25519PrivateKey second = ReferenceSet.privateKey("k_ep");
    FILES.writePrivateKey(file, first, null, false);
    CredentialException refusal = assertThrows(CredentialException.class, () -> FILES.writePrivateKey(file, second, null, false));
    assertTrue(refusal.getMessage().endsWith("it exists already"), refusal.getMessage());
    assertEquals(first.publicKey(), FILES.readPrivateKey(file, PassphraseSource.NONE).publicKey());
    FILES.writePrivateKey(file, second, null, true);
    assertEquals(second.publicKey(), FILES.readPrivateKey(file, PassphraseSource.NONE).publicKey());
  }

  @Test
  void shouldReadTheFirstCertificateBlockAmongOtherText() throws Exception {
    byte[] der = ReferenceSet.certificate("exppriv_exper");
    String pem = Files.readString(ReferenceSet.file("certs/exppriv_exper.pem"));
    String other = Files.readString(ReferenceSet.file("certs/agent_2038.pem"));
    String key = Files.readString(ReferenceSet.file("keys/k_xc"));
    Path file = folder.resolve("mixed.cert");
    Files.writeString(file, "a note\r\n" + key + pem.replace("\n", "\r\n") + other);
    assertArrayEquals(der, FILES.readCertificateOctets(file));
    Files.write(file, der);
    assertArrayEquals(der, FILES.readCertificateOctets(file));
    assertArrayEquals(der, FILES.readCertificate(file).der());
  }

  @Test
  void shouldWriteCertificatesAndRequestsThatItReads() throws Exception {
    Certificate certificate = FILES.readCertificate(ReferenceSet.file("certs/exppriv_exper.pem"));
    Path file = folder.resolve("a.cert");
    FILES.writeCertificate(file, certificate, false);
    assertArrayEquals(Files.readAllBytes(ReferenceSet.file("certs/exppriv_exper.pem")), Files.readAllBytes(file));
    CertificateRequest request =
        BouncyCastleTrust.issuer().request(CertificateOptions.of(CertificateKind.AGENT), ReferenceSet.privateKey("k_ep"));
    Path requestFile = folder.resolve("a.csr");
    FILES.writeRequest(requestFile, request, false);
    assertEquals(request, FILES.readRequest(requestFile));
  }

  @Test
  void shouldPutTheCertificateOfTheKeyFirst() throws Exception {
    Path exppriv = certificateFile("exppriv_exper");
    Path delpriv = certificateFile("delpriv_exp_exper2");
    Path pubcmd = certificateFile("pubcmd_exper2_xc");
    Credentials credentials =
        FILES.readCredentials(ReferenceSet.file("keys/k_xc"), PassphraseSource.NONE, List.of(exppriv, delpriv, pubcmd));
    assertArrayEquals(ReferenceSet.certificate("pubcmd_exper2_xc"), credentials.der().get(0));
    assertArrayEquals(ReferenceSet.certificate("delpriv_exp_exper2"), credentials.der().get(1));
    assertArrayEquals(ReferenceSet.certificate("exppriv_exper"), credentials.der().get(2));
    assertThrows(
        CredentialException.class,
        () -> FILES.readCredentials(ReferenceSet.file("keys/k_ep"), PassphraseSource.NONE, List.of(exppriv, pubcmd)));
  }

  @Test
  void shouldRefuseFilesThatAreNoCredentials() throws Exception {
    Path file = folder.resolve("file");
    assertThrows(CredentialException.class, () -> FILES.readPrivateKey(file, PassphraseSource.NONE));
    assertThrows(CredentialException.class, () -> FILES.readPublicKey(folder));
    for (String text :
        List.of(
            "",
            "nothing",
            "-----BEGIN PRIVATE KEY-----\nMC4C",
            "-----BEGIN PRIVATE KEY-----\n****\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4C\n-----END ENCRYPTED PRIVATE KEY-----\n",
            "-----BEGIN RSA PRIVATE KEY-----\nMC4C\n-----END RSA PRIVATE KEY-----\n",
            "-----BEGIN PUBLIC KEY-----\nMC4C\n-----END PUBLIC KEY-----\n")) {
      Files.writeString(file, text, StandardCharsets.ISO_8859_1);
      assertThrows(CredentialException.class, () -> FILES.readPrivateKey(file, PassphraseSource.NONE), text);
      assertThrows(CredentialException.class, () -> FILES.readPublicKey(file), text);
    }
    Files.write(file, new byte[CredentialFiles.MAX_OCTETS + 1]);
    assertThrows(CredentialException.class, () -> FILES.readCertificateOctets(file));
    Files.writeString(file, "-----BEGIN PUBLIC KEY-----\nMC4C\n-----END PUBLIC KEY-----\n");
    assertThrows(CredentialException.class, () -> FILES.readCertificateOctets(file));
  }

  @Test
  void shouldNeverShowOrUseADestroyedKey() {
    Ed25519PrivateKey key = ReferenceSet.privateKey("k_xc");
    assertFalse(key.toString().contains(HexFormat.of().formatHex(key.seed())));
    key.destroy();
    assertTrue(key.isDestroyed());
    assertThrows(IllegalStateException.class, key::pkcs8);
    assertThrows(IllegalStateException.class, key::seed);
  }

  private Path certificateFile(String name) throws Exception {
    Path file = folder.resolve(name + ".cert");
    Files.write(file, ReferenceSet.certificate(name));
    return file;
  }
}
