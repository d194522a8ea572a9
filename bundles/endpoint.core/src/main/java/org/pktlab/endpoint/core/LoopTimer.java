package org.pktlab.endpoint.core;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pktlab.schedule.Alarm;
import org.pktlab.schedule.SendTimer;

/** Alarms of the loop's own precision (some 0.1 ms late): what a session uses while no schedule bundle is installed. */
final class LoopTimer implements SendTimer {
  private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(1); // look again then: the clock may have stepped

  @Override
  public Alarm alarm(ScheduledExecutorService loop, LongSupplier epochNs, Runnable due) {
    return new Alarm() {
      private ScheduledFuture<?> timer;
      private long at;

      @Override
      public void at(long time) {
        clear();
        at = time;
        long left = time - epochNs.getAsLong();
        timer = loop.schedule(this::check, Math.max(0, Math.min(left < 0 && late() ? 0 : Math.abs(left), LONGEST_NS)), TimeUnit.NANOSECONDS);
      }

      private boolean late() {
        return Long.compareUnsigned(at, epochNs.getAsLong()) <= 0;
      }

      private void check() {
        timer = null;
        if (late()) {
          due.run();
        } else {
          at(at);
        }
      }

      @Override
      public void clear() {
        if (timer != null) {
          timer.cancel(false);
          timer = null;
        }
      }
    };
  }
}
