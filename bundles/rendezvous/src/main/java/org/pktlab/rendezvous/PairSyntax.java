package org.pktlab.rendezvous;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The grammar that descriptors and attributes share: {@code (name "=" value ";")*}. */
final class PairSyntax {
  private static final String VALUE_MARKS = "_-.:[],/() \t";
  private static final boolean[] NAME = table("_-");
  private static final boolean[] PLAIN_VALUE = table(VALUE_MARKS);
  private static final boolean[] PATTERN_VALUE = table(VALUE_MARKS + "*?");

  private PairSyntax() {}

  static List<Pair> parse(String text, boolean descriptor, int maxOctets) throws RendezvousException {
    if (text.length() > maxOctets) {
      throw new RendezvousException(maxOctets, "longer than " + maxOctets + " octets");
    }
    List<Pair> pairs = new ArrayList<>();
    Set<String> seen = descriptor ? null : new HashSet<>();
    int at = 0;
    while (at < text.length()) {
      int start = at;
      at = skip(text, at, NAME);
      if (at == text.length()) {
        throw new RendezvousException(at, "name without '='");
      }
      if (text.charAt(at) != '=') {
        throw new RendezvousException(at, Quoted.of(text.charAt(at)) + " is not allowed in a name");
      }
      if (at == start) {
        throw new RendezvousException(at, "empty name");
      }
      String name = text.substring(start, at);
      int from = at + 1;
      at = skip(text, from, descriptor ? PATTERN_VALUE : PLAIN_VALUE);
      if (at == text.length()) {
        throw new RendezvousException(at, "value of " + name + " does not end in ';'");
      }
      if (text.charAt(at) != ';') {
        throw new RendezvousException(at, Quoted.of(text.charAt(at)) + " is not allowed in a value");
      }
      if (seen != null && !seen.add(name)) {
        throw new RendezvousException(start, "attribute " + name + " is given twice");
      }
      pairs.add(new Pair(name, text.substring(from, at)));
      at++;
    }
    return List.copyOf(pairs);
  }

  /** Octets to text one to one, so that positions stay octet offsets; anything above 0x7f is then refused by the grammar. */
  static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  static String format(List<Pair> pairs) {
    StringBuilder out = new StringBuilder();
    for (Pair pair : pairs) {
      out.append(pair.name()).append('=').append(pair.value()).append(';');
    }
    return out.toString();
  }

  static boolean isName(String text) {
    return !text.isEmpty() && skip(text, 0, NAME) == text.length();
  }

  static boolean isValue(String text, boolean descriptor) {
    return skip(text, 0, descriptor ? PATTERN_VALUE : PLAIN_VALUE) == text.length();
  }

  private static int skip(String text, int from, boolean[] allowed) {
    int at = from;
    while (at < text.length() && text.charAt(at) < 128 && allowed[text.charAt(at)]) {
      at++;
    }
    return at;
  }

  private static boolean[] table(String marks) {
    boolean[] allowed = new boolean[128];
    for (char c = 0; c < 128; c++) {
      allowed[c] = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || marks.indexOf(c) >= 0;
    }
    return allowed;
  }
}
