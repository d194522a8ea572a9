package org.pktlab.cert;

import java.util.HexFormat;
import java.util.Objects;

/** Copies and hexadecimal text of the 32-octet values of this package. */
final class Octets32 {
  static final int LENGTH = 32;

  private Octets32() {}

  static byte[] copy(byte[] octets, String what) {
    Objects.requireNonNull(octets, what);
    if (octets.length != LENGTH) {
      throw new IllegalArgumentException(what + " has " + octets.length + " octets, not " + LENGTH);
    }
    return octets.clone();
  }

  static byte[] parse(String hex, String what) {
    Objects.requireNonNull(hex, what);
    if (hex.length() != 2 * LENGTH) {
      throw new IllegalArgumentException(what + " has " + hex.length() + " hexadecimal digits, not " + 2 * LENGTH);
    }
    return HexFormat.of().parseHex(hex);
  }

  static String hex(byte[] octets) {
    return HexFormat.of().formatHex(octets);
  }
}
