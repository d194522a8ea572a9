package org.pktlab.schedule;

import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes alarms. A service; any thread may call it. */
@ConsumerType
public interface SendTimer {
  /**
   * Makes an alarm that is not set.
   *
   * @param loop the single thread on which the alarm is set and {@code due} runs
   * @param epochNs the clock on which times are given: nanoseconds since 1970, unsigned; it may step
   * @param due run at the time that was set, or as soon after it as possible; never before
   */
  Alarm alarm(ScheduledExecutorService loop, LongSupplier epochNs, Runnable due);
}
