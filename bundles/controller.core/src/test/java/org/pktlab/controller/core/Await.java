package org.pktlab.controller.core;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions, with a deadline. */
final class Await {
  static final long SECONDS = 10;

  private static final long LOOK_NS = TimeUnit.MICROSECONDS.toNanos(500);

  private Await() {}

  /** Waits until the condition holds; says what was awaited when it does not within {@link #SECONDS}. */
  static void until(Supplier<String> awaited, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("not within " + SECONDS + " s: " + awaited.get());
      }
      LockSupport.parkNanos(LOOK_NS);
    }
  }

  static void until(String awaited, BooleanSupplier condition) {
    until(() -> awaited, condition);
  }

  /** Whether counts of tests are the long ones. */
  static boolean longRun() {
    return Boolean.getBoolean("pktlab.long");
  }
}
