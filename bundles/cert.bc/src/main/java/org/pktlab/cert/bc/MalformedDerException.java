package org.pktlab.cert.bc;

/** Octets are not the DER that was expected. */
final class MalformedDerException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedDerException(String sentence) {
    // Thrown for every malformed input of the network: a stack trace would be work for nothing.
    super(sentence, null, false, false);
  }
}
