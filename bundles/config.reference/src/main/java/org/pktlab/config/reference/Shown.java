package org.pktlab.config.reference;

/** Text of a file made fit for a log or a terminal: printable ASCII stays, the rest is escaped, long text is cut. */
final class Shown {
  private static final int MAX = 120;

  private Shown() {}

  static String quoted(String text) {
    boolean cut = text.length() > MAX;
    return "'" + escape(cut ? text.substring(0, MAX) : text) + (cut ? "'..." : "'");
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
