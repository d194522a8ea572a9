package org.pktlab.mlet.host;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.SessionLostException;
import org.pktlab.protocol.StatusCode;

/**
 * How much the sockets of a session may have queued at the endpoint at once: senders wait here, so that the endpoint's buffer does not
 * overflow (protocol specification, section 9.1). Room is left for what the endpoint receives. Any thread may call it.
 */
final class SendWindow {
  /** What a queued send costs beyond its data, octets; the specification promises less than this. */
  static final int OVERHEAD = 160;

  private static final long DEFAULT_LIMIT = 8L << 20;
  private static final long MOST = 16L << 20;

  /** Senders that wait are woken when this part of the window is free. */
  private static final long WAKE_AT = 16;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long bufferLimit = DEFAULT_LIMIT;
  private long reserved;
  private long used;
  private boolean held;
  private String lost;

  /** Takes note of the endpoint's buffer limit, octets; 0 means that it did not tell. */
  void bufferLimit(long octets) {
    lock.lock();
    try {
      bufferLimit = octets == 0 ? DEFAULT_LIMIT : octets;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The endpoint's buffer limit, octets. */
  long bufferLimit() {
    lock.lock();
    try {
      return bufferLimit;
    } finally {
      lock.unlock();
    }
  }

  /** Sets room aside for a socket that may receive (negative: gives it back). */
  void reserve(long octets) {
    lock.lock();
    try {
      reserved += octets;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the endpoint keeps back when things left, so that no room comes free by itself. */
  void hold(boolean isHeld) {
    lock.lock();
    try {
      held = isHeld;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Says no to whoever is about to wait for room while none comes free. */
  void checkMoving() throws RefusedException {
    lock.lock();
    try {
      if (held) {
        throw new RefusedException(StatusCode.ESYSNOBUFS, "the endpoint's buffer is full and what it sent is not told while held: poll first");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for room; a send larger than the window goes alone. */
  void acquire(long charge) throws InterruptedException, IOException {
    lock.lockInterruptibly();
    try {
      while (lost == null && used > 0 && used + charge > limit()) {
        checkMoving();
        changed.await();
      }
      if (lost != null) {
        throw new SessionLostException(lost);
      }
      used += charge;
    } finally {
      lock.unlock();
    }
  }

  private long limit() {
    return Math.min(MOST, Math.max(bufferLimit / 4, bufferLimit - reserved));
  }

  void release(long charge) {
    lock.lock();
    try {
      used -= charge;
      long limit = limit();
      // Whoever waits then finds room for many: a wake-up for each notification would cost more than the sends.
      if (used <= limit - limit / WAKE_AT) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void lost(String reason) {
    lock.lock();
    try {
      lost = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
