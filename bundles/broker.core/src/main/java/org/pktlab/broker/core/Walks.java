package org.pktlab.broker.core;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/** Does walks in turn, a few milliseconds at a time, so that neither many pairs nor hostile patterns hold up the conductor. Owned by it. */
final class Walks {
  private static final long SLICE_NS = 4_000_000;
  private static final int STEPS_IN_TURN = 256;

  private final Consumer<Runnable> later;
  private final ArrayDeque<Walk> active = new ArrayDeque<>();
  private boolean scheduled;

  /**
   * @param later runs a task on the conductor after what it does now
   */
  Walks(Consumer<Runnable> later) {
    this.later = later;
  }

  void add(Walk walk) {
    active.add(walk);
    schedule();
  }

  private void schedule() {
    if (!scheduled && !active.isEmpty()) {
      scheduled = true;
      later.accept(this::slice);
    }
  }

  private void slice() {
    long end = System.nanoTime() + SLICE_NS;
    try {
      while (!active.isEmpty() && System.nanoTime() - end < 0) {
        Walk walk = active.poll(); // a walk that fails is not taken up again
        boolean more = true;
        for (int i = 0; more && i < STEPS_IN_TURN && System.nanoTime() - end < 0; i++) {
          more = walk.step();
        }
        if (more) {
          active.add(walk);
        }
      }
    } finally {
      scheduled = false;
      schedule();
    }
  }
}
