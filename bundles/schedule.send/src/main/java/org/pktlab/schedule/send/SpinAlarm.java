package org.pktlab.schedule.send;

import java.util.concurrent.ScheduledFuture;
import java.util.function.LongSupplier;
import org.pktlab.schedule.Alarm;

/**
 * One alarm: unset, asleep (it has a wake-up call with its loop), or near (its loop's {@link Watch} looks after it). Used on its loop
 * only.
 */
final class SpinAlarm implements Alarm {
  /** The longest sleep: after it the clock is looked at again, because it may have been stepped. */
  private static final long LONGEST_SLEEP_NS = 1_000_000_000;

  /**
   * Sleeps of more than this end early by a thousandth, because a clock that is being slewed goes faster or slower than the one the loop
   * sleeps by.
   */
  private static final long EXACT_SLEEP_NS = 10_000_000;

  private static final int SLEW_SHIFT = 10;

  private final Watch watch;
  private final LongSupplier epochNs;
  private final Runnable due;
  private long targetNs;
  private boolean near;
  private ScheduledFuture<?> wakeUp;

  SpinAlarm(Watch watch, LongSupplier epochNs, Runnable due) {
    this.watch = watch;
    this.epochNs = epochNs;
    this.due = due;
  }

  @Override
  public void at(long time) {
    if (wakeUp != null && targetNs == time) {
      return; // asleep until then already
    }
    clear();
    targetNs = time;
    settle();
  }

  @Override
  public void clear() {
    if (wakeUp != null) {
      wakeUp.cancel(false);
      wakeUp = null;
    }
    if (near) {
      near = false;
      watch.leave(this);
    }
  }

  /** How long until the time that was set, by the clock; 0 when it has come. Unsigned. */
  long aheadNs() {
    long now = epochNs.getAsLong();
    return Long.compareUnsigned(now, targetNs) < 0 ? targetNs - now : 0;
  }

  /** Whether this alarm was set to an earlier time than another. */
  boolean isBefore(SpinAlarm other) {
    return Long.compareUnsigned(targetNs, other.targetNs) < 0;
  }

  /** Goes to sleep, or to the watch when that is not worth it any more. */
  void settle() {
    long ahead = aheadNs();
    if (Long.compareUnsigned(ahead, watch.awakeNs()) <= 0) {
      near = true;
      watch.join(this);
      return;
    }
    long sleep = ahead - watch.leadNs();
    sleep = Long.compareUnsigned(sleep, LONGEST_SLEEP_NS) > 0 ? LONGEST_SLEEP_NS : sleep;
    if (sleep > EXACT_SLEEP_NS) {
      sleep -= sleep >>> SLEW_SHIFT;
    }
    wakeUp = watch.later(this::wake, sleep);
  }

  private void wake() {
    if (wakeUp != null) {
      wakeUp = null;
      settle();
    }
  }

  /** The watch has let go of this alarm: its time has moved away. */
  void driftAway() {
    near = false;
    settle();
  }

  /** The watch has let go of this alarm: its time has come. */
  void ring() {
    near = false;
    due.run();
  }
}
