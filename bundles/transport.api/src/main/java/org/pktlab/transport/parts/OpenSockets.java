package org.pktlab.transport.parts;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.osgi.annotation.versioning.ConsumerType;

/** The open sockets of one loop, which share what a subclass holds for them. Used on its loop only, but for {@link #withdraw}. */
@ConsumerType
public abstract class OpenSockets implements Withdrawal.Member {
  private final LoopThread thread;
  private final Set<SocketEnd> open = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Has no sockets yet. Called on the loop. */
  protected OpenSockets(Executor loop) {
    thread = new LoopThread(loop);
  }

  /** The loop and its thread. */
  public final LoopThread thread() {
    return thread;
  }

  /** Takes up a socket. */
  public final void add(SocketEnd socket) {
    open.add(socket);
  }

  /** Forgets a socket. What they share goes a turn later: this may be called from within a delivery. */
  public final void remove(SocketEnd socket) {
    if (open.remove(socket) && open.isEmpty() && !thread.execute(this::releaseWhenIdle)) {
      releaseWhenIdle(); // the loop has ended, so no delivery runs
    }
  }

  /** Gives back what the sockets share when there is no socket. */
  public final void releaseWhenIdle() {
    if (open.isEmpty()) {
      release();
    }
  }

  /** Gives back what the sockets share: there is none. Nothing of it is in use. Maybe called more than once. */
  protected abstract void release();

  @Override
  public final void withdraw(Runnable told) {
    Runnable task =
        () -> {
          for (SocketEnd socket : List.copyOf(open)) {
            socket.withdraw();
          }
          told.run();
        };
    if (!thread.run(task)) {
      told.run(); // a loop that has ended has closed its sockets
    }
  }
}
