package org.pktlab.filter;

/** An expression makes no program; the message is for people and one line long. */
public final class FilterSyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong, in one line
   */
  public FilterSyntaxException(String message) {
    super(message, null, false, false);
  }

  /**
   * @param message what is wrong, in one line
   * @param cause what made it impossible to tell
   */
  public FilterSyntaxException(String message, Throwable cause) {
    super(message, cause);
  }
}
