package org.pktlab.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.TransportSocket;
import org.pktlab.transport.parts.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connecting or connected stream (protocol, sections 7.2, 7.4, 7.5, 7.7 and 9.2). Owned by its loop. */
final class TcpSocket implements TransportSocket {
  /** The most octets one read takes: the protocol's bound for one delivery. */
  static final int LARGEST_READ = 65_536;

  private static final Logger LOG = LoggerFactory.getLogger(TcpSocket.class);

  /** Reads before the loop serves somebody else: one MiB. */
  private static final int READS_PER_TURN = 16;

  private enum State {
    CONNECTING,
    CONNECTED,
    /** Closed by an error that the owner is about to be told. */
    FAILING,
    CLOSED
  }

  private final StreamPort port;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final LongSupplier clock;
  private final SocketEvents events;
  private final LoopSockets sockets;
  private final ArrayDeque<ByteBuf> outgoing = new ArrayDeque<>(2);

  private State state = State.CONNECTING;
  private int allowance;
  private boolean readable;
  private boolean hangup;
  private boolean ended;
  private boolean reading;
  private boolean resuming;
  private boolean flushing;
  private boolean finishing;
  private SocketFailure failure;
  private long failureTimeNs;

  TcpSocket(StreamPort port, SocketRequest request, SocketEvents events, LoopSockets sockets) {
    this.port = port;
    this.local = request.local();
    this.remote = request.remote();
    this.clock = request.epochNs();
    this.events = events;
    this.sockets = sockets;
  }

  @Override
  public InetSocketAddress localAddress() {
    InetSocketAddress now = port.local();
    return now == null ? local : now;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    InetSocketAddress now = port.remote();
    return now == null ? remote : now;
  }

  // ------------------------------------------------------------------------------------------------ what the loop says

  /**
   * The port is ready.
   *
   * @param hangsUp whether the peer has finished or the connection has failed, so that only a read that says so ends the reading
   */
  void ready(boolean readableNow, boolean writableNow, boolean hangsUp) {
    try {
      if (state == State.CONNECTING && writableNow) {
        completeConnect();
      }
      if (state != State.CONNECTED) {
        return;
      }
      readable |= readableNow;
      hangup |= hangsUp;
      if (writableNow && flushing) {
        resumeFlush();
      }
      readTurn();
    } catch (RuntimeException e) {
      LOG.error("The owner of a TCP socket failed; the socket is closed", e);
      close();
    }
  }

  /** Finds out how connecting went and tells. */
  void completeConnect() {
    if (state != State.CONNECTING) {
      return;
    }
    try {
      if (!port.finishConnect()) {
        return;
      }
    } catch (IOException e) {
      fail(Failures.connectFailure(e), false);
      return;
    }
    state = State.CONNECTED;
    events.onConnected(clock.getAsLong());
    if (state == State.CONNECTED && !outgoing.isEmpty()) {
      resumeFlush();
    }
    if (state == State.CONNECTED && finishing) {
      shutDownOutput();
    }
    updateInterest();
  }

  private void updateInterest() {
    if (state == State.CONNECTED) {
      port.want(allowance > 0 && !ended, flushing);
    }
  }

  // ------------------------------------------------------------------------------------------------ receiving

  @Override
  public void receiveAllowance(int octets) {
    allowance = Math.max(0, octets);
    if (state != State.CONNECTED || reading) {
      return; // whoever connects or reads now looks at the allowance next
    }
    updateInterest();
    if (readable && allowance > 0) {
      resumeLater();
    }
  }

  private void resumeLater() {
    if (!resuming) {
      resuming = true;
      // Scheduled, not executed: a loop runs executed tasks before it looks at its other sockets, scheduled ones after.
      sockets.loop().schedule(this::resume, 0, TimeUnit.NANOSECONDS);
    }
  }

  private void resume() {
    resuming = false;
    ready(false, false, false);
  }

  private void readTurn() {
    boolean delivered = false;
    reading = true;
    try {
      for (int reads = 0; state == State.CONNECTED && readable && !ended && allowance > 0; reads++) {
        if (reads == READS_PER_TURN) {
          resumeLater();
          break;
        }
        delivered |= readOnce();
      }
    } finally {
      reading = false;
    }
    if (delivered && state == State.CONNECTED) {
      events.onReadComplete();
    }
    updateInterest();
  }

  /** Reads once and delivers. False when nothing came. */
  private boolean readOnce() {
    int most = Math.min(allowance, LARGEST_READ);
    ByteBuffer buffer = sockets.readBuffer();
    int count;
    try {
      count = port.read(buffer, most);
    } catch (IOException | RuntimeException e) {
      fail(Failures.failure(e), false);
      return false;
    }
    long timeNs = clock.getAsLong();
    if (count == 0) {
      readable = false;
      return false;
    }
    if (count < 0) {
      ended = true;
      readable = false;
      events.onEndOfStream(timeNs);
      return true;
    }
    if (count < most && !hangup) {
      readable = false; // a short read has emptied the socket; what comes later is told anew
    }
    buffer.limit(count);
    events.onData(buffer, timeNs);
    return true;
  }

  // ------------------------------------------------------------------------------------------------ sending

  @Override
  public void offer(ByteBuffer data, InetSocketAddress to) {
    if (state == State.CONNECTING || state == State.CONNECTED) {
      int size = data.remaining();
      if (size > 0) {
        outgoing.add(ByteBufAllocator.DEFAULT.directBuffer(size, size).writeBytes(data));
      }
    }
  }

  @Override
  public boolean flush() {
    switch (state) {
      case CONNECTED:
        break;
      case CONNECTING:
        flushing = !outgoing.isEmpty();
        return !flushing;
      default:
        return false;
    }
    try {
      flushing = !write();
    } catch (IOException | RuntimeException e) {
      failLater(Failures.failure(e));
      return false;
    }
    updateInterest();
    return !flushing;
  }

  private void resumeFlush() {
    try {
      flushing = !write();
    } catch (IOException | RuntimeException e) {
      fail(Failures.failure(e), true);
      return;
    }
    if (!flushing) {
      events.onFlushed(clock.getAsLong());
    }
  }

  /** Writes what there is. False when the operating system has no room. */
  private boolean write() throws IOException {
    for (ByteBuf head = outgoing.peek(); head != null; head = outgoing.peek()) {
      int taken = port.write(head.internalNioBuffer(head.readerIndex(), head.readableBytes()));
      if (taken == 0) {
        return false;
      }
      head.skipBytes(taken);
      if (!head.isReadable()) {
        outgoing.poll().release();
      }
    }
    return true;
  }

  @Override
  public void finish() {
    if (finishing) {
      return;
    }
    finishing = true;
    if (state == State.CONNECTED) {
      shutDownOutput();
    }
  }

  private void shutDownOutput() {
    try {
      port.finish();
    } catch (IOException | RuntimeException e) {
      failLater(Failures.failure(e));
    }
  }

  // ------------------------------------------------------------------------------------------------ the end

  @Override
  public void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      sockets.remove(this);
      discard();
    }
  }

  /** The transport or the loop goes while the socket is open. */
  void withdraw() {
    if (state == State.FAILING) {
      announce();
    } else if (state != State.CLOSED) {
      fail(SocketFailure.WITHDRAWN, false);
    }
  }

  private void discard() {
    port.release();
    while (!outgoing.isEmpty()) {
      outgoing.poll().release();
    }
  }

  private void fail(SocketFailure why, boolean sending) {
    long timeNs = clock.getAsLong();
    close();
    events.onFailed(why, sending, timeNs);
  }

  /** Fails from within a call of the owner, who is told when that call is over. */
  private void failLater(SocketFailure why) {
    failure = why;
    failureTimeNs = clock.getAsLong();
    state = State.FAILING;
    discard();
    try {
      sockets.loop().execute(this::announce);
    } catch (RejectedExecutionException e) {
      close(); // the loop has ended and its owner with it
    }
  }

  private void announce() {
    if (state == State.FAILING) {
      close();
      events.onFailed(failure, true, failureTimeNs);
    }
  }
}
