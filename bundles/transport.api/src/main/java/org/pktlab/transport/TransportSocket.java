package org.pktlab.transport;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/** One open socket. Owned by the loop it was opened on: every method is called there. Nothing blocks. */
@ConsumerType
public interface TransportSocket {
  /** The local address and port as the operating system reports them now. */
  InetSocketAddress localAddress();

  /** The peer of a connected or connecting socket, else null. */
  InetSocketAddress remoteAddress();

  /**
   * Takes one unit for sending: a piece of the stream, or one datagram. It leaves at the next {@link #flush()}. Not called while an
   * earlier flush is pending.
   *
   * @param data from position to limit; borrowed until this method returns
   * @param to the destination of a datagram; null on a connected or raw socket
   */
  void offer(ByteBuffer data, InetSocketAddress to);

  /**
   * Hands everything offered to the operating system.
   *
   * @return true when it took all of it; false when some is left, or when sending failed: {@link SocketEvents#onFlushed} or
   *     {@link SocketEvents#onFailed} follows, after this call
   */
  boolean flush();

  /**
   * Says how much may be received next. A stream reads at most so many octets at once and none while this is 0, so that TCP pushes back.
   * It stays until it is set anew and is looked at before each read: an owner that sets it within {@link SocketEvents#onData} is never
   * given more than it said. It is 0 at first. A datagram socket ignores it: it always reads, and its owner cuts or drops.
   */
  void receiveAllowance(int octets);

  /** Ends the sending direction of a stream (FIN). Not called while a flush is pending. Idempotent. */
  void finish();

  /** Closes the socket; no event follows. Idempotent. */
  void close();
}
