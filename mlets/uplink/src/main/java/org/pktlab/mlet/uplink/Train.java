package org.pktlab.mlet.uplink;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.NotSentException;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.Vantage;

/** One train: handed over, awaited, read. The vantage point holds what it receives. For one thread. */
final class Train {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Vantage vantage;
  private final Way way;
  private final int size;
  private final long[] departures;
  private long[] arrivals;
  private long startNs;
  private boolean undisturbed;

  Train(Vantage vantage, Way way, int packets, int size) {
    this.vantage = vantage;
    this.way = way;
    this.size = size;
    this.departures = new long[packets];
  }

  /** Runs it; its packets are numbered from {@code first} on. */
  void run(long leadNs, long waitNs, int first) throws IOException, InterruptedException {
    startNs = vantage.clock().nowNs() + leadNs;
    List<Sent> sends = new ArrayList<>();
    for (int i = 0; i < departures.length; i++) {
      // Due together, so that nothing but the links spaces them.
      sends.add(way.send(first + i, size, startNs));
    }
    // Answered after all of them were.
    undisturbed = vantage.clock().nowNs() < startNs;
    vantage.poll(startNs + waitNs);
    for (int i = 0; i < departures.length; i++) {
      try {
        departures[i] = sends.get(i).awaitTimeNs(PATIENCE);
      } catch (TimeoutException | NotSentException | RefusedException e) {
        departures[i] = 0;
      }
    }
    arrivals = way.arrivals(first, departures.length);
  }

  long startNs() {
    return startNs;
  }

  boolean undisturbed() {
    return undisturbed;
  }

  long[] departures() {
    return departures;
  }

  long[] arrivals() {
    return arrivals;
  }

  long sent() {
    return Arrays.stream(departures).filter(t -> t != 0).count();
  }

  long received() {
    return Arrays.stream(arrivals).filter(t -> t != 0).count();
  }
}
