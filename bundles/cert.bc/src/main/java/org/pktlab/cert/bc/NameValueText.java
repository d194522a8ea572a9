package org.pktlab.cert.bc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pktlab.cert.NamedValue;

/** The name-value strings of the two private extensions (packetlab-trust section 3). */
final class NameValueText {
  /** Whether a string is {@code cert_info} or {@code cert_limit}. */
  enum Field {
    INFO,
    LIMIT
  }

  /** Says what is malformed about a string. */
  static final class MalformedTextException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedTextException(String sentence) {
      super(sentence, null, false, false);
    }
  }

  private NameValueText() {}

  /** Takes a string apart; the order of the pairs is kept. */
  static List<NamedValue> parse(byte[] text, Field field) throws MalformedTextException {
    if (text.length == 0) {
      throw new MalformedTextException("the string is empty");
    }
    List<NamedValue> pairs = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int position = 0;
    while (position < text.length) {
      int start = position;
      boolean optional = field == Field.LIMIT && text[position] == '*';
      if (optional) {
        position++;
      }
      int nameStart = position;
      while (position < text.length && isNameOctet(text[position])) {
        position++;
      }
      if (position == start) {
        throw new MalformedTextException("a name is missing at position " + start);
      }
      if (position == text.length || text[position] != '=') {
        throw new MalformedTextException("a name does not end with '=' at position " + position);
      }
      String name = ascii(text, nameStart, position);
      int valueStart = ++position;
      while (position < text.length && isValueOctet(text[position])) {
        position++;
      }
      if (position == text.length || text[position] != ';') {
        throw new MalformedTextException("the value of '" + shortened(name) + "' does not end with ';' at position " + position);
      }
      if (!seen.add((optional ? "*" : "") + name)) {
        throw new MalformedTextException("'" + shortened(name) + "' occurs twice");
      }
      pairs.add(new NamedValue(name, ascii(text, valueStart, position), optional));
      position++;
    }
    return pairs;
  }

  /** Returns whether a text could be a name, without star. */
  static boolean isName(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c < 128 && isNameOctet((byte) c));
  }

  /** Returns whether a text could be a value. */
  static boolean isValue(String text) {
    return text.chars().allMatch(c -> c < 128 && isValueOctet((byte) c));
  }

  /** Returns a text from a certificate as it may stand in a message: bounded. */
  static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }

  private static boolean isNameOctet(byte c) {
    return isAlphanumeric(c) || c == '_' || c == '-';
  }

  private static boolean isValueOctet(byte c) {
    return isAlphanumeric(c) || " \t_-.:[],/()".indexOf(c) >= 0;
  }

  private static boolean isAlphanumeric(byte c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private static String ascii(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.US_ASCII);
  }
}
