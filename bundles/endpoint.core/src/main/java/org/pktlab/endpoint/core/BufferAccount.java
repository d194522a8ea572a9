package org.pktlab.endpoint.core;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The endpoint's global buffer: what may be held for queued sends and undelivered receptions (protocol specification, section 9.1). Shared by all sessions of
 * the endpoint, hence safe for any thread.
 */
final class BufferAccount {
  private final long limit;
  private final AtomicLong used = new AtomicLong();

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

  void release(long octets) {
    used.addAndGet(-octets);
  }
}
