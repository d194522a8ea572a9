package org.pktlab.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.TransportSocket;
import org.pktlab.transport.parts.Failures;
import org.pktlab.transport.parts.SocketEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connecting or connected stream (protocol, sections 7.2, 7.4, 7.5, 7.7 and 9.2). Owned by its loop. */
final class TcpSocket implements TransportSocket {
  /** The most octets one read takes: the protocol's bound for one delivery. */
  static final int LARGEST_READ = 65_536;

  private static final Logger LOG = LoggerFactory.getLogger(TcpSocket.class);

  /** Reads before the loop serves somebody else: one MiB. */
  private static final int READS_PER_TURN = 16;

  private final StreamPort port;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final LongSupplier clock;
  private final SocketEvents events;
  private final LoopSockets sockets;
  private final SocketEnd end;
  private final ArrayDeque<ByteBuf> outgoing = new ArrayDeque<>(2);

  private boolean connected;
  private int allowance;
  private boolean readable;
  private boolean hangup;
  private boolean ended;
  private boolean reading;
  private boolean resuming;
  private boolean flushing;
  private boolean finishing;

  TcpSocket(StreamPort port, SocketRequest request, SocketEvents events, LoopSockets sockets) {
    this.port = port;
    this.local = request.local();
    this.remote = request.remote();
    this.clock = request.epochNs();
    this.events = events;
    this.sockets = sockets;
    this.end = new SocketEnd(events, clock, sockets.thread(), this::release);
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
      if (writableNow) {
        completeConnect();
      }
      if (!isConnected()) {
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
    if (connected || !end.isOpen()) {
      return;
    }
    try {
      if (!port.finishConnect()) {
        return;
      }
    } catch (IOException e) {
      end.fail(Failures.connectFailure(e), false);
      return;
    }
    connected = true;
    events.onConnected(clock.getAsLong());
    if (end.isOpen() && !outgoing.isEmpty()) {
      resumeFlush();
    }
    if (end.isOpen() && finishing) {
      shutDownOutput();
    }
    updateInterest();
  }

  private boolean isConnected() {
    return connected && end.isOpen();
  }

  private void updateInterest() {
    if (isConnected()) {
      port.want(allowance > 0 && !ended, flushing);
    }
  }

  // ------------------------------------------------------------------------------------------------ receiving

  @Override
  public void receiveAllowance(int octets) {
    allowance = Math.max(0, octets);
    if (!isConnected() || reading) {
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
      for (int reads = 0; isConnected() && readable && !ended && allowance > 0; reads++) {
        if (reads == READS_PER_TURN) {
          resumeLater();
          break;
        }
        delivered |= readOnce();
      }
    } finally {
      reading = false;
    }
    if (delivered && isConnected()) {
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
      end.fail(Failures.failure(e), false);
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
    if (end.isOpen()) {
      int size = data.remaining();
      if (size > 0) {
        outgoing.add(ByteBufAllocator.DEFAULT.directBuffer(size, size).writeBytes(data));
      }
    }
  }

  @Override
  public boolean flush() {
    if (!end.isOpen()) {
      return false;
    }
    if (!connected) {
      flushing = !outgoing.isEmpty();
      return !flushing;
    }
    try {
      flushing = !write();
    } catch (IOException | RuntimeException e) {
      end.failLater(Failures.failure(e), true);
      return false;
    }
    updateInterest();
    return !flushing;
  }

  private void resumeFlush() {
    try {
      flushing = !write();
    } catch (IOException | RuntimeException e) {
      end.fail(Failures.failure(e), true);
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
    if (isConnected()) {
      shutDownOutput();
    }
  }

  private void shutDownOutput() {
    try {
      port.finish();
    } catch (IOException | RuntimeException e) {
      end.failLater(Failures.failure(e), true);
    }
  }

  // ------------------------------------------------------------------------------------------------ the end

  /** Whether the socket is open, and how it ends. */
  SocketEnd end() {
    return end;
  }

  @Override
  public void close() {
    end.close();
  }

  private void release() {
    if (end.isClosed()) { // else its owner has yet to be told of a failure
      sockets.remove(end);
    }
    port.release();
    while (!outgoing.isEmpty()) {
      outgoing.poll().release();
    }
  }
}
