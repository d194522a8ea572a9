package org.pktlab.cert;

import java.util.Arrays;

/**
 * SHA-256 over the encoded octets of a program, as the {@code monitor} limit of a certificate names it (packetlab-trust section 5.2).
 * Immutable; equal by content.
 */
public final class ProgramDigest {
  /** The number of octets of a digest. */
  public static final int LENGTH = Octets32.LENGTH;

  private final byte[] octets;

  private ProgramDigest(byte[] octets) {
    this.octets = octets;
  }

  /**
   * Returns the digest with these octets.
   *
   * @param octets 32 octets; copied
   * @throws IllegalArgumentException if the length is another
   */
  public static ProgramDigest of(byte[] octets) {
    return new ProgramDigest(Octets32.copy(octets, "program digest"));
  }

  /**
   * Returns the digest written as 64 hexadecimal digits of either case.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static ProgramDigest ofHex(String hex) {
    return new ProgramDigest(Octets32.parse(hex, "program digest"));
  }

  /** Returns a copy of the 32 octets. */
  public byte[] octets() {
    return octets.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProgramDigest && Arrays.equals(octets, ((ProgramDigest) other).octets);
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
