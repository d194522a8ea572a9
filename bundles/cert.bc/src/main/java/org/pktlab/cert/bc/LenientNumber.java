package org.pktlab.cert.bc;

/** Numbers as other verifiers read them; this decides what is accepted (packetlab-trust sections 3 and 5.2). */
final class LenientNumber {
  private LenientNumber() {}

  /**
   * Reads a number: nothing at all is 0; blanks and one minus sign may precede the digits, and a minus sign negates modulo 2^64.
   *
   * @return the unsigned number, or null if it is malformed or needs more than 64 bits
   */
  static Long parse(String text) {
    if (text.isEmpty()) {
      return 0L;
    }
    int position = afterBlanks(text);
    boolean negative = position < text.length() && text.charAt(position) == '-';
    if (negative) {
      position++;
    }
    if (position == text.length()) {
      return null;
    }
    long value = 0;
    for (; position < text.length(); position++) {
      int digit = text.charAt(position) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      if (Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) {
        return null;
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  /** Reads a prefix length: the leading digits count, and what is no number is 0; -1 if it is negative or far too large. */
  static int prefix(String text) {
    int position = afterBlanks(text);
    boolean negative = position < text.length() && text.charAt(position) == '-';
    if (negative) {
      position++;
    }
    int value = 0;
    while (position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
      value = value * 10 + (text.charAt(position++) - '0');
      if (value > 128) {
        return -1;
      }
    }
    return negative && value != 0 ? -1 : value;
  }

  private static int afterBlanks(String text) {
    int position = 0;
    while (position < text.length() && (text.charAt(position) == ' ' || text.charAt(position) == '\t')) {
      position++;
    }
    return position;
  }
}
