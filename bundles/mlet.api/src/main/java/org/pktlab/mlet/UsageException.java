package org.pktlab.mlet;

/** A command line does not fit a declaration. The message names what was expected and, where they are few, the accepted values. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says what was expected. */
  public UsageException(String message) {
    super(message);
  }
}
