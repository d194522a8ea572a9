package org.pktlab.cert;

import java.util.Arrays;
import java.util.Objects;

/**
 * An Ed25519 private key: the 32-octet seed of RFC 8032 and the public key that belongs to it (packetlab-trust section 2). Its text never
 * shows the seed. The owner wipes it with {@link #destroy} when it is no longer needed; copies handed out are the caller's to wipe. Safe
 * for use by several threads.
 */
public final class Ed25519PrivateKey {
  /** The number of octets of a seed. */
  public static final int LENGTH = Octets32.LENGTH;

  private static final byte[] PKCS8_PREFIX = {
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20
  };

  private final byte[] seed;
  private final Ed25519PublicKey publicKey;
  private boolean destroyed;

  private Ed25519PrivateKey(byte[] seed, Ed25519PublicKey publicKey) {
    this.seed = seed;
    this.publicKey = publicKey;
  }

  /**
   * Returns the key with this seed. Most callers get keys from {@link CertificateIssuer#privateKeyOf}, {@link
   * CertificateIssuer#generateKey} or {@link CredentialFiles}, which compute the public half.
   *
   * @param seed 32 octets; copied
   * @param publicKey the public key that the seed generates; the caller answers for the match
   * @throws IllegalArgumentException if the seed has another length
   */
  public static Ed25519PrivateKey of(byte[] seed, Ed25519PublicKey publicKey) {
    return new Ed25519PrivateKey(Octets32.copy(seed, "seed"), Objects.requireNonNull(publicKey, "public key"));
  }

  /** Returns the public half; also after {@link #destroy}. */
  public Ed25519PublicKey publicKey() {
    return publicKey;
  }

  /**
   * Returns a copy of the seed, which the caller should overwrite after use.
   *
   * @throws IllegalStateException after {@link #destroy}
   */
  public synchronized byte[] seed() {
    requireAlive();
    return seed.clone();
  }

  /**
   * Returns the key as PKCS#8 version 1, 48 octets of DER, which the caller should overwrite after use.
   *
   * @throws IllegalStateException after {@link #destroy}
   */
  public synchronized byte[] pkcs8() {
    requireAlive();
    byte[] der = Arrays.copyOf(PKCS8_PREFIX, PKCS8_PREFIX.length + LENGTH);
    System.arraycopy(seed, 0, der, PKCS8_PREFIX.length, LENGTH);
    return der;
  }

  /** Overwrites the seed. Later calls that need it throw; a second call does nothing. */
  public synchronized void destroy() {
    Arrays.fill(seed, (byte) 0);
    destroyed = true;
  }

  /** Returns whether {@link #destroy} was called. */
  public synchronized boolean isDestroyed() {
    return destroyed;
  }

  /** Returns a text that names the key by its public identifier only. */
  @Override
  public String toString() {
    return "private key of " + publicKey.keyId();
  }

  private void requireAlive() {
    if (destroyed) {
      throw new IllegalStateException("the private key of " + publicKey.keyId() + " was destroyed");
    }
  }
}
