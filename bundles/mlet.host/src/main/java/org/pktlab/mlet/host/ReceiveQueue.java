package org.pktlab.mlet.host;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.Received;

/**
 * Received data that wait for the mlet: one writer (the link's loop), readers one at a time. The writer takes no lock, and wakes the reader
 * only when it sleeps, once for all pieces of a turn.
 */
final class ReceiveQueue {
  /** What a waiting piece costs beyond its data, octets. */
  private static final int OVERHEAD = 64;

  /** How the receiving direction ended; data that came before are read first. */
  interface Ending {
    /** What a reader gets: null for the end of the stream, or the exception. */
    IOException why();
  }

  private final ConcurrentLinkedQueue<Received> pieces = new ConcurrentLinkedQueue<>();
  private final AtomicLong octets = new AtomicLong();
  private final ReentrantLock readers = new ReentrantLock();
  private volatile Ending ending;
  private volatile Thread sleeper;

  static long cost(Received piece) {
    return piece.data().remaining() + (long) OVERHEAD;
  }

  /** Adds a piece without waking the reader; the loop only. Gives the octets that wait now. */
  long add(Received piece) {
    long waiting = octets.addAndGet(cost(piece));
    pieces.add(piece);
    return waiting;
  }

  /** Octets that wait. */
  long octets() {
    return octets.get();
  }

  /** Ends the queue; the first ending counts. */
  void end(Ending how) {
    if (ending == null) {
      ending = how;
      wake();
    }
  }

  boolean ended() {
    return ending != null;
  }

  /** Throws away what waits, and ends with this instead of whatever ended it before. Gives the octets that waited. */
  long close(Ending how) {
    ending = how;
    long dropped = 0;
    Received piece;
    while ((piece = pieces.poll()) != null) {
      dropped += cost(piece);
    }
    octets.addAndGet(-dropped);
    wake();
    return dropped;
  }

  /** Wakes the reader if it sleeps. Any thread. */
  void wake() {
    Thread thread = sleeper;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Waits for the next piece.
   *
   * @return null when the queue has ended without an exception
   */
  Received take(long timeoutNs) throws IOException, InterruptedException, TimeoutException {
    readers.lockInterruptibly();
    try {
      Received piece = pieces.poll();
      if (piece == null) {
        piece = waitFor(timeoutNs);
      }
      if (piece != null) {
        octets.addAndGet(-cost(piece));
      }
      return piece;
    } finally {
      readers.unlock();
    }
  }

  private Received waitFor(long timeoutNs) throws IOException, InterruptedException, TimeoutException {
    long begin = System.nanoTime();
    sleeper = Thread.currentThread();
    try {
      while (true) {
        Ending how = ending;
        Received piece = pieces.poll();
        if (piece != null) {
          return piece;
        }
        if (how != null) {
          IOException why = how.why();
          if (why == null) {
            return null;
          }
          throw why;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long left = timeoutNs - (System.nanoTime() - begin);
        if (left <= 0) {
          throw new TimeoutException("nothing was received in time");
        }
        LockSupport.parkNanos(this, left);
      }
    } finally {
      sleeper = null;
    }
  }
}
