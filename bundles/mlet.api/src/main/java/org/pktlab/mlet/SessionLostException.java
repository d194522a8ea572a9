package org.pktlab.mlet;

import java.io.IOException;

/** The session with the endpoint has ended: nothing more can be measured from it. */
public final class SessionLostException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public SessionLostException(String message) {
    super(message);
  }
}
