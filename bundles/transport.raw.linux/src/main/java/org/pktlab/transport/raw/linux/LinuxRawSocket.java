package org.pktlab.transport.raw.linux;

import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.CaptureFilter;
import org.pktlab.transport.CaptureQueue;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.parts.RawFailures;

/** One raw socket (protocol, section 8). Owned by its loop, apart from what its {@link Receiver} does. */
final class LinuxRawSocket implements RawTransportSocket {
  private enum State {
    OPEN,
    /** Closed by an error that the owner is about to be told. */
    FAILING,
    CLOSED
  }

  private final SocketEvents events;
  private final ScheduledExecutorService loop;
  private final Thread owner = Thread.currentThread();
  private final Consumer<LinuxRawSocket> gone;
  private final InetSocketAddress local;
  private final LongSupplier clock;
  private final Interface where;
  private final Libc libc;
  private final Descriptors descriptors;
  private final CaptureQueue queue;
  private final Receiver receiver;
  private final Sender sender;

  /** Closed by {@link #release()}, which may come on any thread. */
  private final AtomicReference<TcxHiding> hiding = new AtomicReference<>();

  private volatile boolean released;
  private State state = State.OPEN;
  private boolean bound;
  private boolean flushing;
  private SocketFailure failure;
  private boolean failureOfSending;
  private long failureTimeNs;

  /**
   * Opens the descriptors and starts the thread.
   *
   * @param gone told when the socket is closed, on any thread, maybe more than once
   */
  LinuxRawSocket(
      SocketRequest request, SocketEvents events, ScheduledExecutorService loop, RawSettings settings, Consumer<LinuxRawSocket> gone)
      throws OpenFailedException {
    this.events = events;
    this.loop = loop;
    this.gone = gone;
    local = new InetSocketAddress(request.local().getAddress(), 0);
    clock = request.epochNs();
    Arena arena = Arena.ofAuto();
    libc = new Libc(arena);
    where = Interface.of(libc, local.getAddress());
    descriptors = Descriptors.open(libc, arena, local.getAddress(), where.index(), LinuxRawTransport.kernelBuffer(settings));
    queue = new CaptureQueue(LinuxRawTransport.ringOctets(settings), events, loop);
    sender = new Sender(libc, arena, descriptors.sending(), local.getAddress() instanceof Inet6Address, where.index(), new Packets());
    receiver = new Receiver("pktlab-raw-" + where.name(), local.getAddress(), where.index(), descriptors, queue, new Signals());
    try {
      receiver.start();
    } catch (Error e) { // no more threads
      descriptors.close(libc);
      throw new OpenFailedException(OpenFailedException.Reason.OTHER, "no thread for a raw socket: " + e.getMessage());
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
    receiver.capture(null, 0, 0);
    int error = 0;
    if (filter != null || bound) {
      error = descriptors.accept(libc, filter != null);
    }
    if (filter != null && !bound && error >= 0) {
      error = descriptors.bindPackets(libc, where.index());
      bound = error >= 0;
    }
    libc.takeDrops(descriptors.packets());
    int round = queue.nextRound();
    if (error < 0) {
      failLater(RawFailures.failure(-error), false);
    } else if (filter != null) {
      Instant now = Instant.now();
      receiver.capture(filter, round, now.getEpochSecond() * 1_000_000_000 + now.getNano());
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

  @Override
  public void hide(EbpfProgram program) throws HidingFailedException {
    show();
    if (program != null && state == State.OPEN) {
      hiding.set(TcxHiding.start(where, program));
      if (released) { // looked at after the reference was set, so that one of the two sees the other
        show();
      }
    }
  }

  /** Hides nothing more. Any thread. */
  private void show() {
    TcxHiding before = hiding.getAndSet(null);
    if (before != null) {
      before.close();
    }
  }

  // ------------------------------------------------------------------------------------------------ sending

  @Override
  public boolean tellsSendTimes() {
    return sender.tellsTimes();
  }

  @Override
  public void offer(ByteBuffer data, InetSocketAddress to) {
    if (state == State.OPEN) {
      sender.offer(data, true);
    }
  }

  @Override
  public void offerUntimed(ByteBuffer packet) {
    if (state == State.OPEN) {
      sender.offer(packet, false);
    }
  }

  @Override
  public boolean flush() {
    if (state != State.OPEN) {
      return false;
    }
    Sender.Outcome outcome = sender.drain();
    if (outcome == Sender.Outcome.FAILED) {
      failLater(RawFailures.failure(sender.error()), true);
    }
    flushing = outcome == Sender.Outcome.BLOCKED;
    watch();
    return outcome == Sender.Outcome.DONE;
  }

  /** Has the receiver's thread wait for what did not come at once. */
  private void watch() {
    if (state == State.OPEN && (flushing || sender.awaitsTimes())) {
      receiver.watchSending(flushing ? Libc.POLLOUT : 0);
    }
  }

  private void sendingReady() {
    if (state != State.OPEN) {
      return;
    }
    sender.readTimes();
    if (flushing && state == State.OPEN) {
      Sender.Outcome outcome = sender.drain();
      if (outcome == Sender.Outcome.FAILED) {
        fail(RawFailures.failure(sender.error()), true);
      } else if (outcome == Sender.Outcome.DONE) {
        flushing = false;
        events.onFlushed(clock.getAsLong());
      }
    }
    watch();
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
    public void left(int number, long timeNs, boolean told) {
      events.onSendTime(number, timeNs, told ? TimeSource.KERNEL : TimeSource.USER);
    }

    @Override
    public boolean isClosed() {
      return state != State.OPEN;
    }
  }

  /** What the receiver's thread says, brought to the loop. */
  private final class Signals implements Receiver.Listener {
    @Override
    public void sendingReady() {
      execute(LinuxRawSocket.this::sendingReady);
    }

    @Override
    public void receiveFailed(int error) {
      execute(
          () -> {
            if (state == State.OPEN) {
              fail(RawFailures.failure(error), false);
            }
          });
    }
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

  /** Stops the thread, which closes the descriptors. Any thread. */
  private void release() {
    released = true;
    show();
    queue.close();
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
