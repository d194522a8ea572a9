package org.pktlab.transport.raw.pcap4j;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.pcap4j.core.PcapNetworkInterface;
import org.pktlab.transport.CaptureFilter;
import org.pktlab.transport.CaptureQueue;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.parts.RawFailures;

/** One raw socket (protocol, section 8). Owned by its loop, apart from what its {@link Receiver} does. */
final class PcapRawSocket implements RawTransportSocket {
  private static final long RETRY_MILLIS = 1;

  /** How often it is seen to whether the host still has the address. */
  static final long PROBE_NS = 500_000_000;

  private enum State {
    OPEN,
    /** Closed by an error that the owner is about to be told. */
    FAILING,
    CLOSED
  }

  private final SocketEvents events;
  private final ScheduledExecutorService loop;
  private final Thread owner = Thread.currentThread();
  private final Consumer<PcapRawSocket> gone;
  private final InetSocketAddress local;
  private final LongSupplier clock;
  private final CaptureQueue queue;
  private final Receiver receiver;
  private final Sender sender;

  private final byte[] name;
  private long probed = System.nanoTime();
  private State state = State.OPEN;
  private SocketFailure failure;
  private boolean failureOfSending;
  private long failureTimeNs;

  /**
   * Opens the socket that sends and the handle that captures.
   *
   * @param gone told when the socket is closed, on any thread, maybe more than once
   */
  PcapRawSocket(SocketRequest request, SocketEvents events, ScheduledExecutorService loop, RawSettings settings, Consumer<PcapRawSocket> gone)
      throws OpenFailedException {
    this.events = events;
    this.loop = loop;
    this.gone = gone;
    local = new InetSocketAddress(request.local().getAddress(), 0);
    clock = request.epochNs();
    queue = new CaptureQueue(PcapRawTransport.ringOctets(settings), events, loop);
    PcapNetworkInterface where = Receiver.interfaceOf(local.getAddress());
    int scope = LibC.if_nametoindex(where.getName());
    name = Sender.address(local.getAddress(), scope);
    int kernelBuffer = PcapRawTransport.kernelBuffer(settings);
    sender = new Sender(local.getAddress(), scope, kernelBuffer, new Packets());
    try {
      receiver = new Receiver(where, name, kernelBuffer, queue, this::receiveFailed);
    } catch (OpenFailedException e) {
      sender.close();
      throw e;
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return null;
  }

  // ------------------------------------------------------------------------------------------------ capturing

  @Override
  public void capture(CaptureFilter filter) {
    if (state != State.OPEN) {
      return;
    }
    Instant now = Instant.now();
    if (!receiver.capture(filter, queue.nextRound(), now.getEpochSecond() * 1_000_000_000 + now.getNano())) {
      failLater(SocketFailure.OTHER, false);
    }
  }

  @Override
  public void receiveAllowance(int octets) {
    // a raw socket always reads; its owner cuts or drops
  }

  @Override
  public TimeSource receiveTimeSource() {
    return TimeSource.KERNEL;
  }

  // ------------------------------------------------------------------------------------------------ sending

  @Override
  public boolean tellsSendTimes() {
    return false;
  }

  @Override
  public void offer(ByteBuffer data, InetSocketAddress to) {
    if (state == State.OPEN) {
      sender.offer(data);
    }
  }

  @Override
  public boolean flush() {
    if (state != State.OPEN) {
      return false;
    }
    if (System.nanoTime() - probed >= PROBE_NS) {
      probed = System.nanoTime();
      int error = Sender.probe(name);
      if (error != 0) {
        failLater(RawFailures.failure(error), true);
        return false;
      }
    }
    Sender.Outcome outcome = sender.drain();
    if (outcome == Sender.Outcome.FAILED) {
      failLater(RawFailures.failure(sender.error()), true);
    }
    if (outcome == Sender.Outcome.BLOCKED) {
      tryAgainSoon();
    }
    return outcome == Sender.Outcome.DONE;
  }

  private void tryAgainSoon() {
    try {
      loop.schedule(this::resumeFlush, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      release();
    }
  }

  private void resumeFlush() {
    if (state != State.OPEN) {
      return;
    }
    Sender.Outcome outcome = sender.drain();
    if (outcome == Sender.Outcome.BLOCKED) {
      tryAgainSoon();
    } else if (outcome == Sender.Outcome.FAILED) {
      fail(RawFailures.failure(sender.error()), true);
    } else if (outcome == Sender.Outcome.DONE) {
      events.onFlushed(clock.getAsLong());
    }
  }

  @Override
  public void finish() {
    // there is no end of stream
  }

  private final class Packets implements Sender.Listener {
    @Override
    public void rejected(int number, int error) {
      events.onRejected(number, RawFailures.failure(error), clock.getAsLong());
    }

    @Override
    public boolean isClosed() {
      return state != State.OPEN;
    }
  }

  /** Called on the receiver's thread. */
  private void receiveFailed(SocketFailure why) {
    execute(
        () -> {
          if (state == State.OPEN) {
            fail(why, false);
          }
        });
  }

  private void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      release(); // the loop has ended, and with it whoever would close this socket
    }
  }

  // ------------------------------------------------------------------------------------------------ the end

  @Override
  public void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      release();
    }
  }

  /** Closes what is open. On the loop, or on any thread when the loop has ended. */
  private void release() {
    queue.close();
    sender.close();
    receiver.stop();
    gone.accept(this);
  }

  private void fail(SocketFailure why, boolean sending) {
    long timeNs = clock.getAsLong();
    close();
    events.onFailed(why, sending, timeNs);
  }

  /** Fails from within a call of the owner, who is told when that call is over. */
  private void failLater(SocketFailure why, boolean sending) {
    failure = why;
    failureOfSending = sending;
    failureTimeNs = clock.getAsLong();
    state = State.FAILING;
    release();
    execute(this::announce);
  }

  private void announce() {
    if (state == State.FAILING) {
      close();
      events.onFailed(failure, failureOfSending, failureTimeNs);
    }
  }

  /** The transport goes: tells the owner on the loop, then runs {@code told}. Any thread. */
  void withdraw(Runnable told) {
    Runnable end =
        () -> {
          if (state == State.FAILING) {
            announce();
          } else if (state == State.OPEN) {
            fail(SocketFailure.WITHDRAWN, false);
          }
        };
    Runnable task =
        () -> {
          try {
            end.run();
          } finally {
            told.run();
          }
        };
    if (Thread.currentThread() == owner) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      release();
      told.run();
    }
  }

  /** Waits for the end of the thread of a socket that was closed. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return receiver.awaitEnd(millis);
  }
}
