package org.pktlab.mlet.run;

/** A run was not started; the message says what was expected and what to do. */
public final class RunRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean usage;

  /** Says why; {@code usage} when the command line was wrong. */
  public RunRefusedException(String message, boolean usage) {
    super(message);
    this.usage = usage;
  }

  /** Whether the command line was wrong (exit status 2), rather than the environment (exit status 1). */
  public boolean usage() {
    return usage;
  }
}
