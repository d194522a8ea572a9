package org.pktlab.mlet;

import java.util.Locale;

/** Which clock of an endpoint a time comes from, worst first. */
public enum TimeSource {
  /** The endpoint does not say; the C package's does not. */
  UNKNOWN,
  /** Read by the endpoint program around the call that sent or received. */
  USER,
  /** Taken by the operating system's kernel as the packet passed to or from the driver. */
  KERNEL,
  /** Taken by the network device. */
  HARDWARE;

  /** As it is written in results: lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
