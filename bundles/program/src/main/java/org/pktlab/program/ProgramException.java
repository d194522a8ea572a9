package org.pktlab.program;

/** Octets or text that are no program; the message is one line of printable ASCII. */
public final class ProgramException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  ProgramException(int line, String reason) {
    super(line > 0 ? "line " + line + ": " + reason : reason);
    this.line = line;
  }

  ProgramException(String reason) {
    this(0, reason);
  }

  /** The 1-based line of the text at fault, or 0 when the input was not text. */
  public int line() {
    return line;
  }
}
