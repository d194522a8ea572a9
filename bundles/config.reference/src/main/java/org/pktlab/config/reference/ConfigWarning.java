package org.pktlab.config.reference;

/**
 * Something in a file that was passed over.
 *
 * @param line 1-based line; 0 when it concerns none in particular
 * @param text one line of printable ASCII
 */
public record ConfigWarning(int line, String text) {
  public ConfigWarning {
    if (line < 0) {
      throw new IllegalArgumentException("line " + line);
    }
    text = Shown.escape(text);
  }

  @Override
  public String toString() {
    return line == 0 ? text : "line " + line + ": " + text;
  }
}
