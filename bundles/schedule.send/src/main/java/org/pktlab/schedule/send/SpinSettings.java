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

  /** How long the clock is watched before the loop looks at its sockets, in microseconds. */
  @AttributeDefinition(
      name = "Spin slice",
      description = "Microseconds for which the clock is watched before the loop looks at its sockets, 1 to 10000."
              + " It delays the times of packets that arrive.",
      min = "1",
      max = "10000")
  int spinSliceMicros() default 10;
}
