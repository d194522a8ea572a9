package org.pktlab.mlet.httpget;

import java.io.IOException;

/** A URL cannot be fetched here; the message says why. */
final class BadUrlException extends IOException {
  private static final long serialVersionUID = 1L;

  BadUrlException(String message) {
    super(message);
  }
}
