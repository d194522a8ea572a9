package org.pktlab.role;

/** Makes text from the network fit for a log or terminal. */
public final class Printable {
  private static final int LONGEST = 300;

  private Printable() {}

  /** The text with everything but printable ASCII written as {@code \\xHH} or {@code \\uHHHH}, cut at 300 characters. */
  public static String of(String text) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), LONGEST) + 16);
    for (int i = 0; i < text.length(); i++) {
      if (out.length() >= LONGEST) {
        return out.append("...").toString();
      }
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7f && c != '\\') {
        out.append(c);
      } else {
        out.append(String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
      }
    }
    return out.toString();
  }
}
