package org.pktlab.schedule;

import org.osgi.annotation.versioning.ConsumerType;

/** One thing to wake up for. Used on its loop only. */
@ConsumerType
public interface Alarm {
  /** Sets the alarm to a time, replacing the one set before. A time that has passed makes it due at once. */
  void at(long epochNs);

  /** Unsets the alarm. Idempotent. */
  void clear();
}
