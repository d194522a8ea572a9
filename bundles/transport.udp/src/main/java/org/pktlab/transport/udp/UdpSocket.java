package org.pktlab.transport.udp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.TransportSocket;
import org.pktlab.transport.parts.Failures;
import org.pktlab.transport.parts.SocketEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One UDP socket (protocol, sections 7.2, 7.4, 7.7 and 9.2). Owned by its loop. */
final class UdpSocket implements TransportSocket {
  /** No UDP datagram is longer. */
  static final int LARGEST_DATAGRAM = 65_535;

  private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);

  /** Datagrams before the loop serves somebody else. */
  private static final int DATAGRAMS_PER_TURN = 32;

  private final DatagramPort port;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final Class<? extends InetAddress> family;
  private final LongSupplier clock;
  private final SocketEvents events;
  private final LoopSockets sockets;
  private final SocketEnd end;
  private final SendQueue outgoing = new SendQueue();

  private boolean flushing;

  UdpSocket(DatagramPort port, SocketRequest request, SocketEvents events, LoopSockets sockets) {
    this.port = port;
    this.local = request.local();
    this.remote = request.remote();
    this.family = local.getAddress().getClass();
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
    return remote;
  }

  // ------------------------------------------------------------------------------------------------ receiving

  /** The port is ready. */
  void ready(boolean readable, boolean room) {
    try {
      if (room && flushing) {
        resumeFlush();
      }
      if (readable && end.isOpen()) {
        readTurn();
      }
    } catch (RuntimeException e) {
      LOG.error("The owner of a UDP socket failed; the socket is closed", e);
      close();
    }
  }

  private void readTurn() {
    boolean delivered = false;
    for (int count = 0; count < DATAGRAMS_PER_TURN && end.isOpen(); count++) {
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
    if (delivered && end.isOpen()) {
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
    if (end.isOpen()) {
      outgoing.add(data, to);
    }
  }

  @Override
  public boolean flush() {
    if (!end.isOpen()) {
      return false;
    }
    try {
      flushing = !outgoing.drain(port);
    } catch (IOException | RuntimeException e) {
      end.failLater(Failures.failure(e), true);
      return false;
    }
    port.wantRoom(flushing);
    return !flushing;
  }

  private void resumeFlush() {
    try {
      flushing = !outgoing.drain(port);
    } catch (IOException | RuntimeException e) {
      end.fail(Failures.failure(e), true);
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
    outgoing.release();
  }
}
