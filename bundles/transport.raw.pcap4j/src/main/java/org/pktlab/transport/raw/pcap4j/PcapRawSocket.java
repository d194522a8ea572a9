package org.pktlab.transport.raw.pcap4j;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.pcap4j.core.PcapNetworkInterface;
import org.pktlab.transport.CaptureFilter;
import org.pktlab.transport.CaptureQueue;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.parts.RawFailures;
import org.pktlab.transport.parts.SystemRawSocket;

/** One raw socket (protocol, section 8). Owned by its loop, apart from what its {@link Receiver} does. */
final class PcapRawSocket extends SystemRawSocket {
  private static final long RETRY_MILLIS = 1;

  /** How often it is seen to whether the host still has the address. */
  static final long PROBE_NS = 500_000_000;

  /** Devices tell most times before the call that sends returns; those of others are looked for, for some seconds. */
  private static final long LEAST_LOOK_MICROS = 250;

  private static final long MOST_LOOK_MICROS = 64_000;
  private static final int MOST_LOOKS = 60;

  private final ScheduledExecutorService loop;
  private final CaptureQueue queue;
  private final Receiver receiver;
  private final Sender sender;

  private final byte[] name;
  private long probed = System.nanoTime();
  private boolean timesLookedFor;

  /**
   * Opens the socket that sends and the handle that captures.
   *
   * @param gone told when the socket is closed, on any thread, maybe more than once
   */
  PcapRawSocket(SocketRequest request, SocketEvents events, ScheduledExecutorService loop, RawSettings settings, Consumer<? super SystemRawSocket> gone)
      throws OpenFailedException {
    super(request, events, loop, gone);
    this.loop = loop;
    InetAddress local = request.local().getAddress();
    queue = new CaptureQueue(PcapRawTransport.ringOctets(settings), events, loop);
    PcapNetworkInterface where = Receiver.interfaceOf(local);
    int scope = LibC.if_nametoindex(where.getName());
    name = Sender.address(local, scope);
    int kernelBuffer = PcapRawTransport.kernelBuffer(settings);
    sender = new Sender(local, scope, kernelBuffer, new Packets());
    try {
      receiver = new Receiver(where, name, kernelBuffer, queue, this::receiveFailed);
    } catch (OpenFailedException e) {
      sender.close();
      throw e;
    }
  }

  // ------------------------------------------------------------------------------------------------ capturing

  @Override
  public void capture(CaptureFilter filter) {
    if (!end.isOpen()) {
      return;
    }
    long now = kernelTimeNs();
    if (!receiver.capture(filter, queue.nextRound(), now)) {
      end.failLater(SocketFailure.OTHER, false);
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
    if (System.nanoTime() - probed >= PROBE_NS) {
      probed = System.nanoTime();
      int error = Sender.probe(name);
      if (error != 0) {
        end.failLater(RawFailures.failure(error), true);
        return false;
      }
    }
    Sender.Outcome outcome = sender.drain();
    if (outcome == Sender.Outcome.FAILED) {
      end.failLater(RawFailures.failure(sender.error()), true);
    }
    if (outcome == Sender.Outcome.BLOCKED) {
      tryAgainSoon();
    }
    lookForTimes(0);
    return outcome == Sender.Outcome.DONE;
  }

  /** Comes back, ever more rarely, for times that were not there at once. */
  private void lookForTimes(int looks) {
    if (looks == MOST_LOOKS || timesLookedFor || !end.isOpen() || !sender.awaitsTimes()) {
      return;
    }
    try {
      loop.schedule(
          () -> {
            timesLookedFor = false;
            if (end.isOpen()) {
              sender.readTimes();
              lookForTimes(looks + 1);
            }
          },
          Math.min(LEAST_LOOK_MICROS << looks, MOST_LOOK_MICROS),
          TimeUnit.MICROSECONDS);
      timesLookedFor = true;
    } catch (RejectedExecutionException e) {
      release();
    }
  }

  private void tryAgainSoon() {
    try {
      loop.schedule(this::resumeFlush, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      release();
    }
  }

  private void resumeFlush() {
    if (!end.isOpen()) {
      return;
    }
    Sender.Outcome outcome = sender.drain();
    if (outcome == Sender.Outcome.BLOCKED) {
      tryAgainSoon();
    } else if (outcome == Sender.Outcome.FAILED) {
      end.fail(RawFailures.failure(sender.error()), true);
    } else if (outcome == Sender.Outcome.DONE) {
      events.onFlushed(clock.getAsLong());
    }
    lookForTimes(0);
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

  // ------------------------------------------------------------------------------------------------ the end

  @Override
  protected void shut() {
    queue.close();
    sender.close();
    receiver.stop();
  }

  @Override
  public boolean awaitEnd(long millis) throws InterruptedException {
    return receiver.awaitEnd(millis);
  }
}
