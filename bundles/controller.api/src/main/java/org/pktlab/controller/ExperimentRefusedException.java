package org.pktlab.controller;

/** An experiment could not be started; the message says why and what to do. */
public final class ExperimentRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public ExperimentRefusedException(String message) {
    super(message);
  }

  /** Says why, with the cause. */
  public ExperimentRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
