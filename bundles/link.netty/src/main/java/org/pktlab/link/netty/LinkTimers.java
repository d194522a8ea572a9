package org.pktlab.link.netty;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The three times of a connection: of its handshake, of silence, of its end. At most two tasks are scheduled at once. For the loop only.
 */
final class LinkTimers {
  private final EventExecutor loop;
  private Future<?> current;
  private Future<?> end;
  private long lastReceivedNs;

  LinkTimers(EventExecutor loop) {
    this.loop = loop;
  }

  /** The handshake begins. */
  void handshake(long ns, Runnable tooLate) {
    current = loop.schedule(tooLate, ns, TimeUnit.NANOSECONDS);
  }

  /**
   * The handshake is over; silence is watched from now on.
   *
   * @param ns how much of it is allowed; 0 for any
   * @param excused whether silence is our own doing at the moment
   */
  void established(long ns, BooleanSupplier excused, Runnable tooSilent) {
    cancel(current);
    if (ns > 0) {
      received();
      current = loop.schedule(() -> checkSilence(ns, excused, tooSilent), ns, TimeUnit.NANOSECONDS);
    }
  }

  private void checkSilence(long ns, BooleanSupplier excused, Runnable tooSilent) {
    if (excused.getAsBoolean()) {
      received();
    }
    long left = ns - (System.nanoTime() - lastReceivedNs);
    if (left > 0) {
      current = loop.schedule(() -> checkSilence(ns, excused, tooSilent), left, TimeUnit.NANOSECONDS);
    } else {
      tooSilent.run();
    }
  }

  /** Something was received. */
  void received() {
    lastReceivedNs = System.nanoTime();
  }

  /** The connection is about to end; at the latest it ends so. Only the first call counts. */
  void end(long ms, Runnable force) {
    if (end == null) {
      end = loop.schedule(force, ms, TimeUnit.MILLISECONDS);
    }
  }

  void cancel() {
    cancel(current);
    cancel(end);
  }

  private static void cancel(Future<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }
}
