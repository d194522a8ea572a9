package org.pktlab.launcher;

/** A command that cannot go on: one line for people that says what is wrong and what to do, and the exit status. */
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** The exit status of what failed for a reason outside the command line. */
  static final int FAILED = 1;

  /** The exit status of a wrong command line. */
  static final int USAGE = 2;

  private final int status;

  CommandFailure(String line) {
    this(line, FAILED);
  }

  CommandFailure(String line, int status) {
    super(line);
    this.status = status;
  }

  static CommandFailure usage(String line) {
    return new CommandFailure(line, USAGE);
  }

  int status() {
    return status;
  }
}
