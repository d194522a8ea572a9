package org.pktlab.mlet;

import java.io.IOException;

/** The endpoint said no to a request. The message says so in words. */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /** Names the status code of the answer (protocol specification, section 5) and says it in words. */
  public RefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The status code, 1 to 65,535. */
  public int status() {
    return status;
  }
}
