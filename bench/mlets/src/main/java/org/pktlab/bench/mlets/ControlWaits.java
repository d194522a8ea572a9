package org.pktlab.bench.mlets;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.pktlab.mlet.Vantage;

/** Asks for the endpoint's clock every 20 ms on a thread of its own, and notes how long the longest answer took. */
final class ControlWaits {
  private static final long PAUSE_NS = 20_000_000;

  private final Vantage vantage;
  private final Thread thread = new Thread(this::ask, "bench-control");
  private volatile boolean ended;
  private volatile long longestNs;

  /** Begins. */
  ControlWaits(Vantage vantage) {
    this.vantage = vantage;
    thread.setDaemon(true);
    thread.start();
  }

  private void ask() {
    try {
      while (!ended) {
        long begin = System.nanoTime();
        vantage.clock().nowNs();
        longestNs = Math.max(longestNs, System.nanoTime() - begin);
        LockSupport.parkNanos(PAUSE_NS);
      }
    } catch (IOException e) {
      longestNs = Long.MAX_VALUE; // the session is lost
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends, and waits for the last answer. */
  void end() throws InterruptedException {
    ended = true;
    thread.join();
  }

  long longestNs() {
    return longestNs;
  }
}
