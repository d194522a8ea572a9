package org.pktlab.transport.raw.linux;

import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.CaptureFilter;
import org.pktlab.transport.CaptureQueue;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.parts.RawFailures;
import org.pktlab.transport.parts.SystemRawSocket;

/** One raw socket (protocol, section 8). Owned by its loop, apart from what its {@link Receiver} does. */
final class LinuxRawSocket extends SystemRawSocket {
  private final Interface where;
  private final Libc libc;
  private final Descriptors descriptors;
  private final CaptureQueue queue;
  private final Receiver receiver;
  private final Sender sender;
  private final Hiding.Way way;

  /** Closed by {@link #shut()}, which may come on any thread. */
  private final AtomicReference<Hiding> hiding = new AtomicReference<>();

  private volatile boolean released;
  private boolean bound;
  private boolean flushing;

  /**
   * Opens the descriptors and starts the thread.
   *
   * @param way how packets are hidden
   * @param gone told when the socket is closed, on any thread, maybe more than once
   */
  LinuxRawSocket(
      SocketRequest request,
      SocketEvents events,
      ScheduledExecutorService loop,
      RawSettings settings,
      Hiding.Way way,
      Consumer<? super SystemRawSocket> gone)
      throws OpenFailedException {
    super(request, events, loop, gone);
    this.way = way;
    InetAddress local = request.local().getAddress();
    Arena arena = Arena.ofAuto();
    libc = new Libc(arena);
    where = Interface.of(libc, local);
    descriptors = Descriptors.open(libc, arena, local, where.index(), LinuxRawTransport.kernelBuffer(settings));
    queue = new CaptureQueue(LinuxRawTransport.ringOctets(settings), events, loop);
    sender = new Sender(libc, arena, descriptors.sending(), local instanceof Inet6Address, where.index(), new Packets());
    receiver = new Receiver("pktlab-raw-" + where.name(), local, where.index(), descriptors, queue, new Signals());
    try {
      receiver.start();
    } catch (Error e) { // no more threads
      descriptors.close(libc);
      throw new OpenFailedException(OpenFailedException.Reason.OTHER, "no thread for a raw socket: " + e.getMessage());
    }
  }

  // ------------------------------------------------------------------------------------------------ capturing

  @Override
  public void capture(CaptureFilter filter) {
    if (!end.isOpen()) {
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
      end.failLater(RawFailures.failure(-error), false);
    } else if (filter != null) {
      receiver.capture(filter, round, kernelTimeNs());
    }
  }

  @Override
  public void hide(EbpfProgram program) throws HidingFailedException {
    show();
    if (program != null && end.isOpen()) {
      hiding.set(way.start(where, program));
      if (released) { // looked at after the reference was set, so that one of the two sees the other
        show();
      }
    }
  }

  /** Hides nothing more. Any thread. */
  private void show() {
    Hiding before = hiding.getAndSet(null);
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
    if (end.isOpen()) {
      sender.offer(data, true);
    }
  }

  @Override
  public void offerUntimed(ByteBuffer packet) {
    if (end.isOpen()) {
      sender.offer(packet, false);
    }
  }

  @Override
  public boolean flush() {
    if (!end.isOpen()) {
      return false;
    }
    Sender.Outcome outcome = sender.drain();
    if (outcome == Sender.Outcome.FAILED) {
      end.failLater(RawFailures.failure(sender.error()), true);
    }
    flushing = outcome == Sender.Outcome.BLOCKED;
    watch();
    return outcome == Sender.Outcome.DONE;
  }

  /** Has the receiver's thread wait for what did not come at once. */
  private void watch() {
    if (end.isOpen() && (flushing || sender.awaitsTimes())) {
      receiver.watchSending(flushing ? Libc.POLLOUT : 0);
    }
  }

  private void sendingReady() {
    if (!end.isOpen()) {
      return;
    }
    sender.readTimes();
    if (flushing && end.isOpen()) {
      Sender.Outcome outcome = sender.drain();
      if (outcome == Sender.Outcome.FAILED) {
        end.fail(RawFailures.failure(sender.error()), true);
      } else if (outcome == Sender.Outcome.DONE) {
        flushing = false;
        events.onFlushed(clock.getAsLong());
      }
    }
    watch();
  }

  private final class Packets implements Sender.Listener {
    @Override
    public void rejected(int number, int error) {
      reject(number, error);
    }

    @Override
    public void left(int number, long timeNs, boolean told) {
      events.onSendTime(number, timeNs, told ? TimeSource.KERNEL : TimeSource.USER);
    }

    @Override
    public boolean isClosed() {
      return !end.isOpen();
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
      LinuxRawSocket.this.receiveFailed(RawFailures.failure(error));
    }
  }

  // ------------------------------------------------------------------------------------------------ the end

  /** Stops the thread, which closes the descriptors. */
  @Override
  protected void shut() {
    released = true;
    show();
    queue.close();
    receiver.stop();
  }

  @Override
  public boolean awaitEnd(long millis) throws InterruptedException {
    return receiver.awaitEnd(millis);
  }
}
