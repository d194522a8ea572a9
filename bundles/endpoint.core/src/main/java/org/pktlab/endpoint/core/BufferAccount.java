package org.pktlab.endpoint.core;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The endpoint's global buffer: what may be held for queued sends and undelivered receptions (protocol specification, section 9.1). Shared by all sessions of
 * the endpoint, hence safe for any thread.
 */
final class BufferAccount {
  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /**
   * @param limit octets, positive
   */
  BufferAccount(long limit) {
    this.limit = limit;
  }

  long limit() {
    return limit;
  }

  long used() {
    return used.get();
  }

  /** Octets left; below zero after {@link #overcharge}. */
  long free() {
    return limit - used.get();
  }

  /** Charges when there is room, else changes nothing. */
  boolean charge(long octets) {
    long before;
    do {
      before = used.get();
      if (before + octets > limit) {
        return false;
      }
    } while (!used.compareAndSet(before, before + octets));
    return true;
  }

  /** Charges what has been taken in already and must not be lost, even beyond the limit. */
  void overcharge(long octets) {
    used.addAndGet(octets);
  }

  void release(long octets) {
    used.addAndGet(-octets);
    for (Runnable told = waiting.poll(); told != null; told = waiting.poll()) {
      told.run();
    }
  }

  /**
   * Asks to be told of the next release, once. Whoever asks looks at {@link #free} afterwards once more, because a release may have come before.
   *
   * @param told run on the thread that releases; must not block, throw or call this object
   */
  void whenReleased(Runnable told) {
    waiting.add(told);
  }
}
