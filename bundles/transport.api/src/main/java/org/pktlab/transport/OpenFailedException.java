package org.pktlab.transport;

import java.util.Objects;

/** A socket could not be opened. */
public final class OpenFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why a socket could not be opened. */
  public enum Reason {
    /** The local address is not one of this host. */
    NO_ADDRESS,
    /** The local port is taken. */
    PORT_IN_USE,
    /** The operating system forbade it. */
    DENIED,
    /** Anything else, such as no route to the peer. */
    OTHER
  }

  private final Reason reason;

  /** Names the reason and says it in words. */
  public OpenFailedException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = Objects.requireNonNull(reason);
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
