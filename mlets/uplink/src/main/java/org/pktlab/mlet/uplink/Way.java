package org.pktlab.mlet.uplink;

import java.io.IOException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.TimeSource;

/** Where a train goes, and who sees it arrive. */
interface Way extends AutoCloseable {
  /** The destination, for rows. */
  String to();

  /** Has a packet sent. {@code number} is told by its arrival. */
  Sent send(int number, int size, long timeNs) throws IOException, InterruptedException;

  /**
   * When the packets from a number on arrived, nanoseconds on whatever clock, by number; 0 for those that did not. Asked after the train, and
   * after what the endpoint held was got.
   */
  long[] arrivals(int first, int count) throws IOException, InterruptedException;

  /** Null when it is not known. */
  TimeSource sendClock() throws IOException, InterruptedException;

  TimeSource receiveClock() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
