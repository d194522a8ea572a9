package org.pktlab.cert;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * An Ed25519 public key: 32 raw octets as in RFC 8032 (packetlab-trust section 2). Whether the octets are a point of the curve shows
 * only when a signature is verified. Immutable; equal by content.
 */
public final class Ed25519PublicKey {
  /** The number of raw octets. */
  public static final int LENGTH = Octets32.LENGTH;

  private static final byte[] SPKI_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

  private final byte[] raw;
  private final KeyId keyId;

  private Ed25519PublicKey(byte[] raw) {
    this.raw = raw;
    this.keyId = KeyId.of(sha256(raw));
  }

  /**
   * Returns the key with these raw octets.
   *
   * @param raw 32 octets; copied
   * @throws IllegalArgumentException if the length is another
   */
  public static Ed25519PublicKey of(byte[] raw) {
    return new Ed25519PublicKey(Octets32.copy(raw, "public key"));
  }

  /**
   * Returns the key written as 64 hexadecimal digits of either case.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static Ed25519PublicKey ofHex(String hex) {
    return new Ed25519PublicKey(Octets32.parse(hex, "public key"));
  }

  /** Returns a copy of the 32 raw octets. */
  public byte[] raw() {
    return raw.clone();
  }

  /** Returns the identifier of this key, which is also the private channel of its owner. */
  public KeyId keyId() {
    return keyId;
  }

  /** Returns the 44 octets of the SubjectPublicKeyInfo, as a public key file holds them. */
  public byte[] subjectPublicKeyInfo() {
    byte[] info = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + LENGTH);
    System.arraycopy(raw, 0, info, SPKI_PREFIX.length, LENGTH);
    return info;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ed25519PublicKey && Arrays.equals(raw, ((Ed25519PublicKey) other).raw);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(raw);
  }

  /** Returns the 64 lower-case hexadecimal digits of the raw octets. */
  @Override
  public String toString() {
    return Octets32.hex(raw);
  }

  private static byte[] sha256(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
