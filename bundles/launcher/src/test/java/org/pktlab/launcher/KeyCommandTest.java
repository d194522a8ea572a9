package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pktlab key}. */
class KeyCommandTest {
  @TempDir private Path folder;

  @Test
  void shouldMakeAKeyForItsOwnerOnly() throws IOException {
    Path key = folder.resolve("k");
    Invocation run = Invocation.of("key", "generate", key.toString());
    assertEquals(0, run.status(), run.err());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    assertTrue(Files.readString(key).startsWith("-----BEGIN PRIVATE KEY-----"));
    Invocation fromPrivate = Invocation.of("key", "show", key.toString());
    Invocation fromPublic = Invocation.of("key", "show", key + ".pub");
    assertEquals(0, fromPrivate.status(), fromPrivate.err());
    assertEquals(fromPublic.out(), fromPrivate.out());
    assertTrue(run.out().endsWith(fromPublic.out()));
  }

  @Test
  void shouldNotReplaceAKeyUnlessForced() throws IOException {
    Path key = folder.resolve("k");
    Path publicKey = Files.writeString(folder.resolve("k.pub"), "mine");
    Invocation refused = Invocation.of("key", "generate", key.toString());
    assertEquals(1, refused.status());
    assertEquals("pktlab: " + publicKey + " exists; name another file, or replace it with --force\n", refused.err());
    assertFalse(Files.exists(key));
    assertEquals("mine", Files.readString(publicKey));
    assertEquals(0, Invocation.of("key", "generate", "--force", key.toString()).status());
    byte[] made = Files.readAllBytes(key);
    assertEquals(1, Invocation.of("key", "generate", key.toString()).status());
    assertArrayEquals(made, Files.readAllBytes(key));
  }

  @Test
  void shouldEncryptWithTheFirstLineOfAFile() throws IOException {
    Path phrase = Files.writeString(folder.resolve("phrase"), "open sesame\nrest\n");
    Path key = folder.resolve("k");
    assertEquals(0, Invocation.of("key", "generate", "--passphrase-file", phrase.toString(), key.toString()).status());
    assertTrue(Files.readString(key).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    assertEquals(0, Invocation.of("key", "show", "--passphrase-file", phrase.toString(), key.toString()).status());
    Path wrong = Files.writeString(folder.resolve("wrong"), "open barley\n");
    Invocation refused = Invocation.of("key", "show", "--passphrase-file", wrong.toString(), key.toString());
    assertEquals(1, refused.status());
    assertEquals("pktlab: the pass-phrase does not open " + key + "\n", refused.err());
  }

  @Test
  void shouldRefuseAnEmptyPassphrase() throws IOException {
    Path phrase = Files.createFile(folder.resolve("phrase"));
    Invocation refused = Invocation.of("key", "generate", "--passphrase-file", phrase.toString(), folder.resolve("k").toString());
    assertEquals(1, refused.status());
    assertTrue(refused.err().startsWith("pktlab: the pass-phrase is empty"));
    assertFalse(Files.exists(folder.resolve("k")));
  }

  @Test
  void shouldReadTheKeysOfTheReferenceAndNeverShowASeed() throws IOException {
    var keys = Vectors.read("certs/index.json").get("keys");
    for (String name : new String[] {"k_eop", "k_xc", "k_rogue"}) {
      Invocation run = Invocation.of("key", "show", "--json", Vectors.file("certs/keys/" + name).toString());
      assertEquals(0, run.status(), run.err());
      assertEquals(keys.get(name).get("public_raw_hex"), Vectors.parse(run.out()).get("public_raw_hex"));
      assertEquals(keys.get(name).get("key_id_sha256_hex"), Vectors.parse(run.out()).get("key_id_sha256_hex"));
      assertFalse(run.out().contains(keys.get(name).get("private_raw_hex").asText()));
    }
    Path phrase = Files.writeString(folder.resolve("phrase"), keys.get("k_enc").get("passphrase").asText());
    Invocation run = Invocation.of("key", "show", "--passphrase-file", phrase.toString(), Vectors.file("certs/keys/k_enc.enc").toString());
    assertTrue(run.out().contains(keys.get("k_enc").get("public_raw_hex").asText()), run.err());
  }

  @Test
  void shouldWriteThePublicHalf() throws IOException {
    Path target = folder.resolve("out.pub");
    Invocation run = Invocation.of("key", "public", Vectors.file("certs/keys/k_eop").toString(), "-o", target.toString());
    assertEquals(0, run.status(), run.err());
    assertArrayEquals(Files.readAllBytes(Vectors.file("certs/keys/k_eop.pub")), Files.readAllBytes(target));
    assertEquals(1, Invocation.of("key", "public", Vectors.file("certs/keys/k_eop").toString(), "-o", target.toString()).status());
  }

  @Test
  void shouldTellInOneLineWhatIsNoKey() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    for (String file : new String[] {empty.toString(), folder.resolve("nothing").toString(), folder.toString()}) {
      Invocation run = Invocation.of("key", "show", file);
      assertEquals(1, run.status());
      assertEquals(1, run.err().lines().count(), run.err());
      assertTrue(run.err().contains(file), run.err());
    }
    assertEquals(2, Invocation.of("key").status());
    assertEquals(2, Invocation.of("key", "show").status());
  }
}
