package org.pktlab.rendezvous;

import java.util.OptionalLong;

/** Decimal numbers as the specification writes them: digits only, unsigned. */
final class Numbers {
  private Numbers() {}

  /** The unsigned 64-bit number, or empty when the text has anything but digits, none, or does not fit. */
  static OptionalLong unsigned(String text) {
    if (!isDigits(text)) {
      return OptionalLong.empty();
    }
    int zeros = 0;
    while (zeros < text.length() - 1 && text.charAt(zeros) == '0') {
      zeros++;
    }
    // 2^64 - 1 has twenty digits: a longer text is refused before its cost can grow.
    if (text.length() - zeros > 20) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseUnsignedLong(text, zeros, text.length(), 10));
    } catch (NumberFormatException tooLarge) {
      return OptionalLong.empty();
    }
  }

  static long parse(String name, String text) throws RendezvousException {
    OptionalLong number = unsigned(text);
    if (number.isEmpty()) {
      throw new RendezvousException(RendezvousException.NOWHERE, name + " is not a decimal number of 64 bits: " + Quoted.of(text));
    }
    return number.getAsLong();
  }

  static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
