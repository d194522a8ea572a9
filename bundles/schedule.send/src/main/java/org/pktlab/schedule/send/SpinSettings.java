package org.pktlab.schedule.send;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration {@code org.pktlab.schedule.send}. */
@ObjectClassDefinition(id = SpinTimer.PID, name = "PacketLab send schedule")
public @interface SpinSettings {
  /** How long before its time an alarm stops sleeping, in microseconds. */
  @AttributeDefinition(
      name = "Spin lead",
      description = "Microseconds before its time at which an alarm stops sleeping and watches the clock, 0 to 10000."
              + " More is more exact and costs more CPU.",
      min = "0",
      max = "10000")
  int spinLeadMicros() default 200;

  /** How near the next alarm must be for the loop not to go to sleep at all, in microseconds. */
  @AttributeDefinition(
      name = "Stay awake",
      description = "Microseconds to the next alarm below which the loop does not sleep but goes on watching the clock, 0 to 10000; less than the spin"
              + " lead means the spin lead. A processor that was idle takes long to wake up, so trains of packets leave more exactly, at the cost"
              + " of a busy processor while they last. Ignored where there is only one processor.",
      min = "0",
      max = "10000")
  int stayAwakeMicros() default 2000;

  /** How long the clock is watched before the loop looks at its sockets, in microseconds. */
  @AttributeDefinition(
      name = "Spin slice",
      description = "Microseconds for which the clock is watched before the loop looks at its sockets, 1 to 10000."
              + " It delays the times of packets that arrive.",
      min = "1",
      max = "10000")
  int spinSliceMicros() default 10;

  /** How inexactly the kernel may end sleeps of the loops' threads, in nanoseconds. */
  @AttributeDefinition(
      name = "Timer slack",
      description = "Nanoseconds by which the kernel may end sleeps of the loops' threads late, so as to join wake-ups; 0 leaves it as it is"
              + " (50,000 on Linux). Linux only.",
      min = "0")
  long timerSlackNanos() default 0;

  /** Priority of the loops' threads before all ordinary ones. */
  @AttributeDefinition(
      name = "Real-time priority",
      description = "1 to 99: the loops' threads run before all ordinary ones, first in, first out; 0 leaves them ordinary. Needs CAP_SYS_NICE,"
              + " and more than one processor: a train keeps one busy. Linux only.",
      min = "0",
      max = "99")
  int realTimePriority() default 0;

  /** Where the loops' threads run. */
  @AttributeDefinition(
      name = "Processors",
      description = "Numbers of the processors that the loops' threads run on, such as 1 or 0,2-3; empty for any. Linux only.")
  String processors() default "";
}
