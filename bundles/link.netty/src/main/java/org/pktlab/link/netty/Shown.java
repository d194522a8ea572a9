package org.pktlab.link.netty;

/** Turns text that may come from a peer, or from a library that quotes one, into one short line of printable ASCII. */
final class Shown {
  private static final int LONGEST = 240;

  private Shown() {}

  /** Returns the text with everything outside printable ASCII written as an escape, cut to a bounded length. */
  static String line(String text) {
    StringBuilder shown = new StringBuilder(Math.min(text.length(), LONGEST));
    for (int i = 0; i < text.length(); i++) {
      if (shown.length() >= LONGEST) {
        return shown.append("...").toString();
      }
      char c = text.charAt(i);
      if (c >= ' ' && c <= '~' && c != '\\') {
        shown.append(c);
      } else {
        shown.append("\\u").append(String.format("%04x", (int) c));
      }
    }
    return shown.toString();
  }

  /** Says what went wrong: the message of the exception, or of its cause where that one knows more. */
  static String reason(Throwable failure) {
    Throwable best = failure;
    for (Throwable cause = failure.getCause(); cause != null && cause != best; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        best = cause;
      }
    }
    String message = best.getMessage();
    return line(message == null || message.isBlank() ? best.getClass().getSimpleName() : message);
  }
}
