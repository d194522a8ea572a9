package org.pktlab.endpoint.core;

import java.util.Locale;
import org.pktlab.transport.RawTransportSocket.TimeSource;

/** Totals of one session, written by its loop alone. Others may read them; what they see may be a little old. */
final class SessionCounters {
  long requests;
  long opens;
  long unitsSent;
  long octetsSent;
  long unitsReceived;
  long octetsReceived;
  long unitsDropped;

  /** Where the times at which raw packets left come from, the worst so far; null when none has. */
  TimeSource sendClock;

  /** Where times of reception on raw sockets come from; null when there was none. */
  TimeSource receiveClock;

  /** Raw packets whose time of leaving the kernel did not tell in time. */
  long sendTimesMissed;

  /** The clocks in words; empty when no raw packet has left. */
  String clocks() {
    TimeSource sent = sendClock;
    TimeSource received = receiveClock;
    if (sent == null || received == null) {
      return "";
    }
    String late = sendTimesMissed == 0 ? "" : " (" + sendTimesMissed + " of them late)";
    return "tx_clock=" + sent.name().toLowerCase(Locale.ROOT) + late + " rx_clock=" + received.name().toLowerCase(Locale.ROOT);
  }
}
