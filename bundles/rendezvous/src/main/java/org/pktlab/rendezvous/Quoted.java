package org.pktlab.rendezvous;

/** Makes text from outside fit for a message: printable ASCII stays, the rest is escaped, and long text is cut. */
final class Quoted {
  private static final int MAX_SHOWN = 80;

  private Quoted() {}

  /** The text in single quotes, escaped, cut after 80 characters. */
  static String of(String text) {
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) : text;
    return "'" + escape(shown) + (shown.length() < text.length() ? "'..." : "'");
  }

  /** One character in single quotes, escaped. */
  static String of(char character) {
    return "'" + escape(String.valueOf(character)) + "'";
  }

  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7f) {
        out.append(c);
      } else {
        out.append(String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
      }
    }
    return out.toString();
  }
}
