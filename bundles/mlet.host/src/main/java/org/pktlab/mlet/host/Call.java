package org.pktlab.mlet.host;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.pktlab.mlet.SessionLostException;

/** A request that one thread waits for. The fields are handed from the loop to that thread by the volatile {@link #done}. */
final class Call extends Exchange {
  private final String what;
  private volatile Thread waiter;
  private Answer answer;
  private String lost;
  private volatile boolean done;

  Call(String what, byte[] frame) {
    super(frame);
    this.what = what;
  }

  Call(String what, byte[] frame, int readAddress, int readLength) {
    super(frame, readAddress, readLength);
    this.what = what;
  }

  static Call read(int address, int length) {
    return new Call("read its memory", Frames.mread(address, length), address, length);
  }

  @Override
  void answered(Answer given) {
    answer = given;
    wake();
  }

  @Override
  void lost(String reason) {
    lost = reason;
    wake();
  }

  private void wake() {
    done = true;
    LockSupport.unpark(waiter);
  }

  /** Whether the answer has come, or never will. Any thread. */
  boolean isDone() {
    return done;
  }

  /** Waits for the answer, whatever it is. When interrupted, the answer is dropped once it comes. */
  Answer await() throws IOException, InterruptedException {
    if (!done) {
      waiter = Thread.currentThread();
      while (!done) {
        LockSupport.park(this);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
    if (lost != null) {
      throw new SessionLostException(lost);
    }
    return answer;
  }

  /** Waits for success and gives what was read. */
  byte[] awaitSuccess() throws IOException, InterruptedException {
    Answer given = await();
    if (!given.isSuccess()) {
      throw given.refused(what);
    }
    return given.data();
  }
}
