package org.pktlab.mlet.host;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.SessionLostException;

/**
 * How much the sockets of a session may have queued at the endpoint at once: senders wait here, so that the endpoint's buffer does not
 * overflow (protocol specification, section 9.1). Room is left for what the endpoint receives. Any thread may call it.
 */
final class SendWindow {
  /** What a queued send costs beyond its data, octets; the specification promises less than this. */
  static final int OVERHEAD = 160;

  private static final long DEFAULT_LIMIT = 8L << 20;
  private static final long MOST = 16L << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long bufferLimit = DEFAULT_LIMIT;
  private long reserved;
  private long used;
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

  /** Waits for room; a send larger than the window goes alone. */
  void acquire(long charge) throws InterruptedException, SessionLostException {
    lock.lockInterruptibly();
    try {
      while (lost == null && used > 0 && used + charge > limit()) {
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
      changed.signalAll();
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
