package org.pktlab.transport.raw.linux;

/** The kernel, or the interface, has no TCX that a capture program could be attached to. Nothing is wrong with the program or with the privileges. */
final class NoTcxException extends Exception {
  private static final long serialVersionUID = 1L;

  NoTcxException(String message) {
    super(message, null, false, false);
  }
}
