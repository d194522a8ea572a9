package org.pktlab.transport.parts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.annotation.versioning.ConsumerType;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;

/** How a transport goes while sockets are open: each ends on its own loop, and nothing is opened any more. Any thread. */
public final class Withdrawal {
  /** Something of a transport that has to end on a loop: a socket, or all the sockets of one loop. */
  @ConsumerType
  public interface Member {
    /**
     * Ends it on its loop, telling the owners of sockets. Any thread.
     *
     * @param told run when that has been done, and also when the loop has ended, so that nobody is there to be told
     */
    void withdraw(Runnable told);

    /** Waits for what is left of it elsewhere, such as a thread; false when that has not ended in time. Called after {@link #withdraw}. */
    default boolean awaitEnd(long millis) throws InterruptedException {
      return true;
    }
  }

  private static final long MOST_MILLIS = 2_000;

  private final Collection<? extends Member> members;
  private volatile boolean begun;

  /**
   * @param members what is open: a view that other threads may change meanwhile. Who adds to it looks at {@link #hasBegun()} after that, so that {@link #run()}
   *     has either said so there or sees the member
   */
  public Withdrawal(Collection<? extends Member> members) {
    this.members = members;
  }

  /** Whether the transport is gone or going. */
  public boolean hasBegun() {
    return begun;
  }

  /** What somebody is told who opens a socket then. */
  public OpenFailedException refusal() {
    return new OpenFailedException(Reason.OTHER, "the transport has been withdrawn");
  }

  /**
   * Ends what is open, and waits for that as long as is decent.
   *
   * @return how many have yet to end, because their loops are busy; 0 when the calling thread was interrupted, which it stays
   */
  public long run() {
    begun = true;
    List<Member> all = new ArrayList<>(members);
    CountDownLatch left = new CountDownLatch(all.size());
    for (Member member : all) {
      member.withdraw(left::countDown);
    }
    long deadline = System.nanoTime() + MOST_MILLIS * 1_000_000;
    try {
      left.await(MOST_MILLIS, TimeUnit.MILLISECONDS);
      long untold = left.getCount();
      long running = 0;
      for (Member member : all) {
        running += member.awaitEnd((deadline - System.nanoTime()) / 1_000_000) ? 0 : 1;
      }
      return Math.max(untold, running);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
