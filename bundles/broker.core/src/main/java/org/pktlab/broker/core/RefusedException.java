package org.pktlab.broker.core;

/** A message of a client is refused: the status it is answered with, and why, in words. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  RefusedException(int status, String reason) {
    super(reason);
    this.status = status;
  }

  /** The status of the result, not 0. */
  int status() {
    return status;
  }
}
