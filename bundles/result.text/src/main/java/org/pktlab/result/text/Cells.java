package org.pktlab.result.text;

import java.math.BigDecimal;
import java.util.Locale;

/** How single values are written. */
final class Cells {
  private Cells() {}

  /** Whether there is no value: null, or a number that is not finite, which no text format can carry faithfully. */
  static boolean isAbsent(Object value) {
    return value == null || (value instanceof Double d && !Double.isFinite(d));
  }

  /** A number or truth value in full precision, without exponent. */
  static String plain(Object value) {
    return value instanceof Double d ? new BigDecimal(Double.toString(d)).stripTrailingZeros().toPlainString() : String.valueOf(value);
  }

  /** A value for a table: decimals with three places, text made fit for a terminal, {@code -} for none. */
  static String shown(Object value) {
    if (isAbsent(value)) {
      return "-";
    }
    if (value instanceof Double d) {
      double size = Math.abs(d);
      return size != 0 && (size < 0.001 || size >= 1e15) ? Double.toString(d) : String.format(Locale.ROOT, "%.3f", d);
    }
    return value instanceof String text ? printable(text) : String.valueOf(value);
  }

  /** The text with a backslash and everything that could steer a terminal escaped: controls, formatting and unassigned characters. */
  static String printable(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (isPlain(c)) {
        if (out != null) {
          out.appendCodePoint(c);
        }
      } else {
        if (out == null) {
          out = new StringBuilder(text.length() + 16).append(text, 0, i);
        }
        escape(out, c);
      }
      i = next;
    }
    return out == null ? text : out.toString();
  }

  private static boolean isPlain(int c) {
    if (c < 0x7f) {
      return c >= 0x20 && c != '\\';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED -> false;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }

  private static void escape(StringBuilder out, int c) {
    switch (c) {
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> out.append(String.format(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
    }
  }
}
