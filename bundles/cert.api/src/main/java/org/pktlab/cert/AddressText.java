package org.pktlab.cert;

import java.util.Arrays;

/** Strict reading of numeric addresses, as {@code inet_pton} does it; no name is ever looked up. */
final class AddressText {
  private AddressText() {}

  /** Returns 4 octets, or null if the text is no dotted quad. */
  static byte[] ipv4(String text) {
    byte[] octets = new byte[4];
    int position = 0;
    for (int i = 0; i < 4; i++) {
      int start = position;
      int value = 0;
      while (position < text.length() && isDigit(text.charAt(position)) && position - start < 3) {
        value = value * 10 + (text.charAt(position) - '0');
        position++;
      }
      int digits = position - start;
      if (digits == 0 || value > 255 || (digits > 1 && text.charAt(start) == '0')) {
        return null;
      }
      octets[i] = (byte) value;
      if (i < 3) {
        if (position >= text.length() || text.charAt(position) != '.') {
          return null;
        }
        position++;
      }
    }
    return position == text.length() ? octets : null;
  }

  /** Returns 16 octets, or null if the text is no IPv6 address. */
  static byte[] ipv6(String text) {
    if (text.length() > 45) {
      return null;
    }
    int gap = text.indexOf("::");
    if (gap < 0) {
      byte[] whole = groups(text, 16);
      return whole != null && whole.length == 16 ? whole : null;
    }
    if (text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    String before = text.substring(0, gap);
    String after = text.substring(gap + 2);
    if (before.indexOf('.') >= 0) {
      return null;
    }
    byte[] head = before.isEmpty() ? new byte[0] : groups(before, 14);
    byte[] tail = after.isEmpty() ? new byte[0] : groups(after, 14);
    if (head == null || tail == null || head.length + tail.length > 14) {
      return null;
    }
    byte[] octets = new byte[16];
    System.arraycopy(head, 0, octets, 0, head.length);
    System.arraycopy(tail, 0, octets, 16 - tail.length, tail.length);
    return octets;
  }

  /** Returns the usual text of an IPv6 address: lower case, the longest run of two or more zero groups shortened (RFC 5952). */
  static String ipv6Text(byte[] octets) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (octets[2 * i] & 0xff) << 8 | octets[2 * i + 1] & 0xff;
    }
    int bestStart = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && groups[i + length] == 0) {
        length++;
      }
      if (length > bestLength) {
        bestStart = i;
        bestLength = length;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength - 1;
      } else {
        if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }

  /** Reads groups separated by single colons, the last of which may be a dotted quad; null if malformed or longer than the limit. */
  private static byte[] groups(String text, int limit) {
    String[] parts = text.split(":", -1);
    byte[] octets = new byte[limit];
    int length = 0;
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      if (i == parts.length - 1 && part.indexOf('.') >= 0) {
        byte[] quad = ipv4(part);
        if (quad == null || length + 4 > limit) {
          return null;
        }
        System.arraycopy(quad, 0, octets, length, 4);
        length += 4;
      } else {
        if (part.isEmpty() || part.length() > 4 || length + 2 > limit) {
          return null;
        }
        int value = 0;
        for (int k = 0; k < part.length(); k++) {
          int digit = hexDigit(part.charAt(k));
          if (digit < 0) {
            return null;
          }
          value = value << 4 | digit;
        }
        octets[length++] = (byte) (value >> 8);
        octets[length++] = (byte) value;
      }
    }
    return Arrays.copyOf(octets, length);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
