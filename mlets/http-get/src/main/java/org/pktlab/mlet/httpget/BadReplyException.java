package org.pktlab.mlet.httpget;

/** What came is not an HTTP response, or not all of one. */
final class BadReplyException extends Exception {
  private static final long serialVersionUID = 1L;

  BadReplyException(String message) {
    super(message);
  }
}
