package org.pktlab.mlet;

import java.io.IOException;

/** The endpoint discarded a send that it had accepted. */
public final class NotSentException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public NotSentException(String message) {
    super(message);
  }
}
