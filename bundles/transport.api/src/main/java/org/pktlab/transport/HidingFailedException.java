package org.pktlab.transport;

/** Packets cannot be hidden from the host. */
public final class HidingFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says why, and what would help. */
  public HidingFailedException(String message) {
    super(message, null, false, false);
  }
}
