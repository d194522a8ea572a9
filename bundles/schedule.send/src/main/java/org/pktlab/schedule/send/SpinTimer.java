package org.pktlab.schedule.send;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.pktlab.schedule.Alarm;
import org.pktlab.schedule.SendTimer;

/**
 * Alarms that sleep until shortly before their time and then watch the clock (protocol, section 7.4: scheduled sends). Works on any
 * single-threaded scheduler; alarms made before the service is withdrawn go on working.
 */
@Component(service = SendTimer.class, configurationPid = SpinTimer.PID)
@Designate(ocd = SpinSettings.class)
public final class SpinTimer implements SendTimer {
  static final String PID = "org.pktlab.schedule.send";

  private static final int MOST_MICROS = 10_000;

  private final long leadNs;
  private final long awakeNs;
  private final long sliceNs;
  private final LoopThread thread;

  /** The watch of each loop, as long as an alarm refers to it. */
  private final Map<ScheduledExecutorService, WeakReference<Watch>> watches = new WeakHashMap<>();

  /** Takes its configuration, bringing what is out of bounds to the nearest bound. */
  @Activate
  public SpinTimer(SpinSettings settings) {
    this(
        settings.spinLeadMicros(),
        Runtime.getRuntime().availableProcessors() == 1 ? 0 : settings.stayAwakeMicros(),
        settings.spinSliceMicros(),
        new LoopThread(settings.timerSlackNanos(), settings.realTimePriority(), settings.processors()));
  }

  SpinTimer(int leadMicros, int awakeMicros, int sliceMicros, LoopThread thread) {
    this.thread = thread;
    this.leadNs = 1_000L * Math.max(0, Math.min(MOST_MICROS, leadMicros));
    this.awakeNs = Math.max(leadNs, 1_000L * Math.min(MOST_MICROS, awakeMicros));
    this.sliceNs = 1_000L * Math.max(1, Math.min(MOST_MICROS, sliceMicros));
  }

  @Override
  public Alarm alarm(ScheduledExecutorService loop, LongSupplier epochNs, Runnable due) {
    return new SpinAlarm(watch(Objects.requireNonNull(loop)), Objects.requireNonNull(epochNs), Objects.requireNonNull(due));
  }

  private synchronized Watch watch(ScheduledExecutorService loop) {
    WeakReference<Watch> known = watches.get(loop);
    Watch watch = known == null ? null : known.get();
    if (watch == null) {
      watch = new Watch(loop, leadNs, awakeNs, sliceNs);
      watches.put(loop, new WeakReference<>(watch));
      if (thread.isAsked()) {
        try {
          loop.execute(thread::apply);
        } catch (RejectedExecutionException e) {
          // it has ended: nothing will ring there
        }
      }
    }
    return watch;
  }
}
