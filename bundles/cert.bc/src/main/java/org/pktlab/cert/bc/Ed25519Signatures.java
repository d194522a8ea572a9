package org.pktlab.cert.bc;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;

/** Ed25519 of Bouncy Castle's lightweight interface: several times faster than the platform's, and without providers. */
final class Ed25519Signatures {
  private Ed25519Signatures() {}

  static Ed25519PrivateKey generate(SecureRandom random) {
    byte[] seed = new byte[Ed25519PrivateKey.LENGTH];
    random.nextBytes(seed);
    try {
      return privateKey(seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  static Ed25519PrivateKey privateKey(byte[] seed) {
    if (seed.length != Ed25519PrivateKey.LENGTH) {
      throw new IllegalArgumentException("a seed has " + Ed25519PrivateKey.LENGTH + " octets, not " + seed.length);
    }
    byte[] publicKey = new byte[Ed25519PublicKey.LENGTH];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    return Ed25519PrivateKey.of(seed, Ed25519PublicKey.of(publicKey));
  }

  static byte[] sign(Ed25519PrivateKey key, byte[] message) {
    byte[] seed = key.seed();
    byte[] signature = new byte[X509Profile.SIGNATURE_LENGTH];
    try {
      Ed25519.sign(seed, 0, key.publicKey().raw(), 0, message, 0, message.length, signature, 0);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
    return signature;
  }

  static boolean verify(Ed25519PublicKey key, byte[] octets, int from, int length, byte[] signature) {
    return signature.length == X509Profile.SIGNATURE_LENGTH && Ed25519.verify(signature, 0, key.raw(), 0, octets, from, length);
  }
}
