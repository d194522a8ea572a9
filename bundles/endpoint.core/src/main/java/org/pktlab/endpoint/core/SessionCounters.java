package org.pktlab.endpoint.core;

/** Totals of one session, written by its loop alone. Others may read them; what they see may be a little old. */
final class SessionCounters {
  long requests;
  long opens;
  long unitsSent;
  long octetsSent;
  long unitsReceived;
  long octetsReceived;
  long unitsDropped;
}
