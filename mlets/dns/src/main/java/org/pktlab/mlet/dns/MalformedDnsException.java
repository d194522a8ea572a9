package org.pktlab.mlet.dns;

/** Octets are not a DNS message; says where and why. */
final class MalformedDnsException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedDnsException(String reason, int offset) {
    super("malformed answer: " + reason + " (octet " + offset + ")");
  }
}
