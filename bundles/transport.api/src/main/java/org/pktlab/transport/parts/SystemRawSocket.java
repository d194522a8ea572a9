package org.pktlab.transport.parts;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.osgi.annotation.versioning.ConsumerType;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;

/**
 * What raw sockets (protocol, section 8) have in common, however they reach the operating system: that a thread of theirs receives, with the kernel's times, and
 * that they end on their loop. Owned by the loop; methods that other threads call say so.
 */
@ConsumerType
public abstract class SystemRawSocket implements RawTransportSocket, Withdrawal.Member {
  /** The owner. */
  protected final SocketEvents events;

  /** The endpoint's clock. */
  protected final LongSupplier clock;

  /** Whether the socket is open, and how it fails. */
  protected final SocketEnd end;

  private final InetSocketAddress local;
  private final LoopThread thread;
  private final Consumer<? super SystemRawSocket> gone;

  /**
   * Opens nothing yet. Called on the loop.
   *
   * @param gone told when the socket has ended, on any thread, maybe more than once
   */
  protected SystemRawSocket(SocketRequest request, SocketEvents events, Executor loop, Consumer<? super SystemRawSocket> gone) {
    this.events = events;
    this.gone = gone;
    clock = request.epochNs();
    local = new InetSocketAddress(request.local().getAddress(), 0);
    thread = new LoopThread(loop);
    end = new SocketEnd(events, clock, thread, this::release);
  }

  /** Closes what is open, and ends the thread. Any thread when the loop has ended; maybe more than once, also at the same time. */
  protected abstract void shut();

  /** Gives everything back. On the loop, or on any thread when the loop has ended, and with it whoever would close this socket. */
  protected final void release() {
    shut();
    gone.accept(this);
  }

  /** Runs a task on the loop, after whatever runs there now. Any thread. */
  protected final void execute(Runnable task) {
    if (!thread.execute(task)) {
      release();
    }
  }

  /** Fails because nothing more can be received. Any thread. */
  protected final void receiveFailed(SocketFailure why) {
    execute(
        () -> {
          if (end.isOpen()) {
            end.fail(why, false);
          }
        });
  }

  /** Tells that a packet was not taken, with an error number. */
  protected final void reject(int number, int error) {
    events.onRejected(number, RawFailures.failure(error), clock.getAsLong());
  }

  /** The present by the clock that received packets have their times from. */
  protected static long kernelTimeNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }

  @Override
  public final InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public final InetSocketAddress remoteAddress() {
    return null;
  }

  @Override
  public final TimeSource receiveTimeSource() {
    return TimeSource.KERNEL;
  }

  @Override
  public final void receiveAllowance(int octets) {
    // a raw socket always reads; its owner cuts or drops
  }

  @Override
  public final void finish() {
    // there is no end of stream
  }

  @Override
  public final void close() {
    end.close();
  }

  @Override
  public final void withdraw(Runnable told) {
    Runnable task =
        () -> {
          try {
            end.withdraw();
          } finally {
            told.run();
          }
        };
    if (!thread.run(task)) {
      release();
      told.run();
    }
  }
}
