package org.pktlab.mlet;

import java.io.IOException;
import java.util.Objects;

/** A socket that was open has failed. */
public final class SocketFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final FailureReason reason;

  /** Names the reason and says it in words. */
  public SocketFailedException(FailureReason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason);
  }

  /** Why. */
  public FailureReason reason() {
    return reason;
  }
}
