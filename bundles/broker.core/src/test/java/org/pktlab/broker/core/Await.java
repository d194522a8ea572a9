package org.pktlab.broker.core;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;

/** Waits for conditions, with a deadline. */
final class Await {
  static final Duration LONGEST = Duration.ofSeconds(10);

  private Await() {}

  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        Assertions.fail("did not happen in time: " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
