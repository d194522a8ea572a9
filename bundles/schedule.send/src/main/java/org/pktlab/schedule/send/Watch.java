package org.pktlab.schedule.send;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the clock for the alarms of one loop whose time is near, all in one place so that they ring in order. It spins in slices and
 * leaves the loop between them, and after each alarm that rings: packets are received meanwhile, and their times are late by one slice at
 * most. Only the last two slices before an alarm are spun in one piece, so that receiving does not make it late. Used on its loop only.
 */
final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final ScheduledExecutorService loop;
  private final long leadNs;
  private final long awakeNs;
  private final long sliceNs;
  private final List<SpinAlarm> near = new ArrayList<>(4);
  private boolean turnAsked;

  Watch(ScheduledExecutorService loop, long leadNs, long awakeNs, long sliceNs) {
    this.loop = loop;
    this.leadNs = leadNs;
    this.awakeNs = awakeNs;
    this.sliceNs = sliceNs;
  }

  /** How long before its time an alarm that slept comes here. */
  long leadNs() {
    return leadNs;
  }

  /** How long before its time an alarm comes here rather than going to sleep. */
  long awakeNs() {
    return awakeNs;
  }

  /** Has something run later. Null when the loop has ended: nothing will. */
  ScheduledFuture<?> later(Runnable task, long delayNs) {
    try {
      return loop.schedule(task, delayNs, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return null;
    }
  }

  void join(SpinAlarm alarm) {
    near.add(alarm);
    askForTurn();
  }

  void leave(SpinAlarm alarm) {
    near.remove(alarm);
  }

  /**
   * Asks for a turn of the loop. Scheduled without delay rather than executed: a Netty loop runs executed tasks one after the other,
   * those they execute included, before it looks at its sockets again, and scheduled ones after it has.
   */
  private void askForTurn() {
    if (!turnAsked) {
      turnAsked = later(this::turn, 0) != null;
    }
  }

  private void turn() {
    turnAsked = false;
    try {
      spin();
    } catch (RuntimeException e) {
      LOG.error("The owner of an alarm failed", e); // the loop would keep it to itself
    } finally {
      if (!near.isEmpty()) {
        askForTurn();
      }
    }
  }

  private void spin() {
    long start = System.nanoTime();
    while (!near.isEmpty()) {
      SpinAlarm next = null;
      long least = 0;
      for (int i = 0; i < near.size(); i++) {
        SpinAlarm alarm = near.get(i);
        long ahead = alarm.aheadNs();
        if (Long.compareUnsigned(ahead, awakeNs + sliceNs) > 0) {
          near.remove(i); // the clock has been stepped back
          alarm.driftAway();
          return;
        }
        if (next == null || ahead < least || ahead == least && alarm.isBefore(next)) {
          next = alarm;
          least = ahead;
        }
      }
      if (least == 0) {
        near.remove(next);
        next.ring();
        return;
      }
      long spun = System.nanoTime() - start;
      if (spun >= sliceNs && (least > 2 * sliceNs || spun > 4 * sliceNs)) {
        return; // the second: a clock that stands still does not hold the loop
      }
      Thread.onSpinWait();
    }
  }
}
