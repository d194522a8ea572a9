package org.pktlab.cert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Keys and identifiers. */
class KeysTest {
  private static final String SEED = "7bd51ca89127c9bf136ab4facda6961a8a3fa67ef7698ae0c1678a3acdbff856";
  private static final String PUBLIC = "a9c47a16f3033a0af7801a39c9d17062be5a87440e02857deab03002a8be7dc8";
  private static final String ID = "5dd7e5c3aae5df82a1dca65e2ffe5467b767e18fe528c9ed0f301f39034c956f";

  @Test
  void shouldIdentifyAKeyByItsHash() {
    assertEquals(KeyId.ofHex(ID), Ed25519PublicKey.ofHex(PUBLIC).keyId());
    assertEquals(ID, Ed25519PublicKey.ofHex(PUBLIC).keyId().toString());
    assertEquals(PUBLIC, Ed25519PublicKey.ofHex(PUBLIC).toString());
    assertEquals("302a300506032b6570032100" + PUBLIC, HexFormat.of().formatHex(Ed25519PublicKey.ofHex(PUBLIC).subjectPublicKeyInfo()));
  }

  @Test
  void shouldWriteAPrivateKeyAsPkcs8AndNeverAsText() {
    Ed25519PrivateKey key = Ed25519PrivateKey.of(HexFormat.of().parseHex(SEED), Ed25519PublicKey.ofHex(PUBLIC));
    assertEquals("302e020100300506032b657004220420" + SEED, HexFormat.of().formatHex(key.pkcs8()));
    assertFalse(key.toString().contains(SEED.substring(0, 8)));
    key.destroy();
    assertThrows(IllegalStateException.class, key::seed);
    assertEquals(PUBLIC, key.publicKey().toString());
  }

  @Test
  void shouldNotShareItsOctets() {
    byte[] octets = new byte[32];
    Ed25519PublicKey key = Ed25519PublicKey.of(octets);
    octets[0] = 1;
    key.raw()[1] = 1;
    assertArrayEquals(new byte[32], key.raw());
    assertThrows(IllegalArgumentException.class, () -> KeyId.of(new byte[31]));
    assertThrows(IllegalArgumentException.class, () -> KeyId.ofHex("zz".repeat(32)));
  }
}
