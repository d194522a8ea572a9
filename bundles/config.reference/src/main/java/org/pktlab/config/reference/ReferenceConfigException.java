package org.pktlab.config.reference;

/**
 * A configuration file that cannot be used. The message is one line of printable ASCII that names file, line, directive, value and what
 * was expected.
 */
public final class ReferenceConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final int line;
  private final String directive;
  private final String value;
  private final String expected;

  ReferenceConfigException(String file, int line, String directive, String value, String expected) {
    super(message(file, line, directive, value, expected));
    this.file = file;
    this.line = line;
    this.directive = directive;
    this.value = value;
    this.expected = expected;
  }

  private static String message(String file, int line, String directive, String value, String expected) {
    StringBuilder out = new StringBuilder(Shown.escape(file));
    if (line > 0) {
      out.append(", line ").append(line);
    }
    out.append(": ");
    if (line > 0 && !directive.isEmpty()) {
      out.append(Shown.escape(directive)).append(' ').append(Shown.quoted(value)).append(": expected ");
    }
    return out.append(Shown.escape(expected)).toString();
  }

  /** Name of the file as it was given. */
  public String file() {
    return file;
  }

  /** 1-based line, or 0 when the file as a whole is at fault: unreadable, too long, or without a directive it needs. */
  public int line() {
    return line;
  }

  /** Name of the directive, or empty. */
  public String directive() {
    return directive;
  }

  /** The value as the file has it, not escaped; empty when there is none. */
  public String value() {
    return value;
  }

  /** What was expected instead; for line 0 what is wrong. */
  public String expected() {
    return expected;
  }
}
