package org.pktlab.cert;

import java.util.Arrays;

/**
 * The identifier of a key: SHA-256 over its 32 raw public octets; at the same time the name of the private channel of the key's owner
 * (packetlab-trust section 2). Immutable; equal by content.
 */
public final class KeyId {
  /** The number of octets of an identifier. */
  public static final int LENGTH = Octets32.LENGTH;

  private final byte[] octets;

  private KeyId(byte[] octets) {
    this.octets = octets;
  }

  /**
   * Returns the identifier with these octets.
   *
   * @param octets 32 octets; copied
   * @throws IllegalArgumentException if the length is another
   */
  public static KeyId of(byte[] octets) {
    return new KeyId(Octets32.copy(octets, "key identifier"));
  }

  /**
   * Returns the identifier written as 64 hexadecimal digits of either case.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static KeyId ofHex(String hex) {
    return new KeyId(Octets32.parse(hex, "key identifier"));
  }

  /** Returns a copy of the 32 octets. */
  public byte[] octets() {
    return octets.clone();
  }

  /** Returns whether {@code channel} has exactly the octets of this identifier. */
  public boolean isOctets(byte[] channel) {
    return Arrays.equals(octets, channel);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyId && Arrays.equals(octets, ((KeyId) other).octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  /** Returns the 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return Octets32.hex(octets);
  }
}
