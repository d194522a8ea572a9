package org.pktlab.endpoint.core;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Runs something once the endpoint's clock has passed a time; the clock is looked at every now and then, because it may step. Used on one loop. */
final class ClockDeadline {
  private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(30);

  private final ScheduledExecutorService loop;
  private final LongSupplier epochNs;
  private final long timeNs;
  private final Runnable passed;
  private ScheduledFuture<?> timer;

  /**
   * Begins to wait.
   *
   * @param timeNs nanoseconds since 1970, unsigned
   * @param passed run on the loop, never from within this constructor
   */
  ClockDeadline(ScheduledExecutorService loop, LongSupplier epochNs, long timeNs, Runnable passed) {
    this.loop = loop;
    this.epochNs = epochNs;
    this.timeNs = timeNs;
    this.passed = passed;
    await();
  }

  private void await() {
    long now = epochNs.getAsLong();
    long leftNs = Long.compareUnsigned(timeNs, now) <= 0 ? 0 : timeNs - now;
    timer = loop.schedule(this::look, Long.compareUnsigned(leftNs, LOOK_NS) < 0 ? leftNs : LOOK_NS, TimeUnit.NANOSECONDS);
  }

  private void look() {
    if (Long.compareUnsigned(timeNs, epochNs.getAsLong()) <= 0) {
      passed.run();
    } else {
      await();
    }
  }

  void cancel() {
    timer.cancel(false);
  }
}
