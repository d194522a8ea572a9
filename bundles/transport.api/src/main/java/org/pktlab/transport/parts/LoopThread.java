package org.pktlab.transport.parts;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A loop and its one thread. Made on that thread; any thread may use it. */
public final class LoopThread {
  private final Executor loop;
  private final Thread thread = Thread.currentThread();

  /** Takes the loop whose thread calls this. */
  public LoopThread(Executor loop) {
    this.loop = Objects.requireNonNull(loop);
  }

  /**
   * Runs a task on the loop: at once when this is called there, else soon. What it throws at once comes back from here.
   *
   * @return false when the loop has ended; the task is not run then
   */
  public boolean run(Runnable task) {
    if (Thread.currentThread() == thread) {
      task.run();
      return true;
    }
    return execute(task);
  }

  /**
   * Runs a task on the loop, never within this call.
   *
   * @return false when the loop has ended; the task is not run then
   */
  public boolean execute(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
