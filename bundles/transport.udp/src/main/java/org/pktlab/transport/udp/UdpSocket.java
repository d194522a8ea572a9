package org.pktlab.transport.udp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.TransportSocket;
import org.pktlab.transport.parts.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One UDP socket (protocol, sections 7.2, 7.4, 7.7 and 9.2). Owned by its loop. */
final class UdpSocket implements TransportSocket {
  /** No UDP datagram is longer. */
  static final int LARGEST_DATAGRAM = 65_535;

  private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);

  /** Datagrams before the loop serves somebody else. */
  private static final int DATAGRAMS_PER_TURN = 32;

  private enum State {
    OPEN,
    /** Closed by an error that the owner is about to be told. */
    FAILING,
    CLOSED
  }

  private final DatagramPort port;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final Class<? extends InetAddress> family;
  private final LongSupplier clock;
  private final SocketEvents events;
  private final LoopSockets sockets;
  private final SendQueue outgoing = new SendQueue();

  private State state = State.OPEN;
  private boolean flushing;
  private SocketFailure failure;
  private long failureTimeNs;

  UdpSocket(DatagramPort port, SocketRequest request, SocketEvents events, LoopSockets sockets) {
    this.port = port;
    this.local = request.local();
    this.remote = request.remote();
    this.family = local.getAddress().getClass();
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
    return remote;
  }

  // ------------------------------------------------------------------------------------------------ receiving

  /** The port is ready. */
  void ready(boolean readable, boolean room) {
    try {
      if (room && flushing) {
        resumeFlush();
      }
      if (readable && state == State.OPEN) {
        readTurn();
      }
    } catch (RuntimeException e) {
      LOG.error("The owner of a UDP socket failed; the socket is closed", e);
      close();
    }
  }

  private void readTurn() {
    boolean delivered = false;
    for (int count = 0; count < DATAGRAMS_PER_TURN && state == State.OPEN; count++) {
      ByteBuffer buffer = sockets.readBuffer();
      InetSocketAddress from;
      try {
        from = port.receive(buffer);
      } catch (IOException e) {
        continue; // such as an ICMP message about an earlier datagram; taking it has cleared it, and the socket lives on
      }
      if (from == null) {
        break;
      }
      long timeNs = clock.getAsLong();
      if (isWelcome(from)) {
        delivered = true;
        events.onDatagram(buffer, from, timeNs);
      }
    }
    if (delivered && state == State.OPEN) {
      events.onReadComplete();
    }
  }

  /** The JDK's IPv6 sockets take IPv4 datagrams as well, and a port need not keep strangers from a socket with a fixed peer. */
  private boolean isWelcome(InetSocketAddress from) {
    return from.getAddress().getClass().equals(family) && (remote == null || remote.equals(from));
  }

  @Override
  public void receiveAllowance(int octets) {
    // a datagram socket always reads; its owner cuts or drops
  }

  // ------------------------------------------------------------------------------------------------ sending

  @Override
  public void offer(ByteBuffer data, InetSocketAddress to) {
    if (state == State.OPEN) {
      outgoing.add(data, to);
    }
  }

  @Override
  public boolean flush() {
    if (state != State.OPEN) {
      return false;
    }
    try {
      flushing = !outgoing.drain(port);
    } catch (IOException | RuntimeException e) {
      failLater(Failures.failure(e));
      return false;
    }
    port.wantRoom(flushing);
    return !flushing;
  }

  private void resumeFlush() {
    try {
      flushing = !outgoing.drain(port);
    } catch (IOException | RuntimeException e) {
      fail(Failures.failure(e), true);
      return;
    }
    port.wantRoom(flushing);
    if (!flushing) {
      events.onFlushed(clock.getAsLong());
    }
  }

  @Override
  public void finish() {
    // there is no end of stream
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
    outgoing.release();
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
