package org.pktlab.config.reference;

/** A value that does not have the shape of its kind; the message says what was expected. */
final class Rejected extends Exception {
  private static final long serialVersionUID = 1L;

  Rejected(String expected) {
    super(expected, null, false, false);
  }
}
