package org.pktlab.link.netty;

/** The syntax of SNI keys: 1 to 63 characters of a-z and 0-9 (trust specification, section 10.2). */
final class SniKey {
  private static final int LONGEST = 63;

  private SniKey() {}

  /** Whether the octets from {@code offset} on, {@code length} of them, are a key. */
  static boolean isValid(byte[] octets, int offset, int length) {
    if (length < 1 || length > LONGEST) {
      return false;
    }
    for (int i = offset; i < offset + length; i++) {
      if (!isKeyCharacter(octets[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text is a key. */
  static boolean isValid(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return false;
    }
    return text.chars().allMatch(SniKey::isKeyCharacter);
  }

  private static boolean isKeyCharacter(int c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
  }
}
