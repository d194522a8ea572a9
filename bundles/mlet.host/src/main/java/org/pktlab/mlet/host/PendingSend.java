package org.pktlab.mlet.host;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.pktlab.mlet.NotSentException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SessionLostException;

/** One nsend, from the call of the mlet until its ntag. */
final class PendingSend extends Exchange implements Sent {
  private final Outbox outbox;
  private final int tag;
  private final int charge;
  private final ReentrantLock lock = new ReentrantLock();
  private Condition settled;
  private boolean done;
  private long timeNs;
  private IOException failure;

  PendingSend(Outbox outbox, byte[] frame, int tag, int charge) {
    super(frame);
    this.outbox = outbox;
    this.tag = tag;
    this.charge = charge;
  }

  int tag() {
    return tag;
  }

  int charge() {
    return charge;
  }

  @Override
  boolean mayLeave() {
    return outbox.mayLeave(this);
  }

  @Override
  void answered(Answer answer) {
    outbox.answered(this, answer);
  }

  @Override
  void lost(String reason) {
    outbox.settle(this, 0, new SessionLostException(reason));
  }

  /** Makes the outcome known; false when it already was. */
  boolean settle(long sentNs, IOException why) {
    lock.lock();
    try {
      if (done) {
        return false;
      }
      done = true;
      timeNs = sentNs;
      failure = why;
      if (settled != null) {
        settled.signalAll();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long awaitTimeNs(Duration timeout) throws IOException, InterruptedException, TimeoutException {
    long left = TimeUnit.NANOSECONDS.convert(timeout);
    lock.lockInterruptibly();
    try {
      while (!done) {
        if (left <= 0) {
          throw new TimeoutException("the endpoint has not sent it yet");
        }
        if (settled == null) {
          settled = lock.newCondition();
        }
        left = settled.awaitNanos(left);
      }
      if (failure != null) {
        throw again(failure);
      }
      return timeNs;
    } finally {
      lock.unlock();
    }
  }

  /** A new exception for each waiter, so that its stack trace tells where that one waited. */
  static IOException again(IOException failure) {
    if (failure instanceof org.pktlab.mlet.RefusedException refused) {
      return new org.pktlab.mlet.RefusedException(refused.status(), refused.getMessage());
    }
    if (failure instanceof org.pktlab.mlet.SocketFailedException failed) {
      return new org.pktlab.mlet.SocketFailedException(failed.reason(), failed.getMessage());
    }
    return failure instanceof NotSentException ? new NotSentException(failure.getMessage())
        : new SessionLostException(failure.getMessage());
  }
}
