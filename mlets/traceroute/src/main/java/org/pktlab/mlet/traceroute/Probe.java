package org.pktlab.mlet.traceroute;

import org.pktlab.mlet.Sent;

/** One probe that was sent. For one thread. */
final class Probe {
  final Trace trace;
  final int number;
  final int hop;
  final int attempt;
  final int size;

  /** When it was to leave, on the endpoint's clock. */
  final long dueNs;

  /** Tells when it left; null once that is known. */
  Sent sent;

  /** When it left; 0 until that is known. */
  long sentNs;

  /** When to give up on it. */
  long lookNs;

  boolean over;

  boolean answered;

  Probe(Trace trace, int number, int hop, int attempt, int size, long dueNs, Sent sent) {
    this.trace = trace;
    this.number = number;
    this.hop = hop;
    this.attempt = attempt;
    this.size = size;
    this.dueNs = dueNs;
    this.sent = sent;
  }
}
