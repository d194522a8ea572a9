package org.pktlab.transport.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * The operating system's side of one datagram socket. Non-blocking; used on its loop only. Tells its {@link UdpSocket} when it is ready.
 */
interface DatagramPort {
  /** Binds to a local address. */
  void bind(InetSocketAddress local) throws IOException;

  /** Fixes the peer for sending. */
  void connect(InetSocketAddress remote) throws IOException;

  /** Puts the port under the watch of its loop: from now on it is told of datagrams. */
  void watch(UdpSocket socket) throws IOException;

  /**
   * Sends one datagram: the octets {@code from} to {@code until} of {@code source}, whose position and limit are of no meaning afterwards.
   *
   * @param to the destination, or null when connected
   * @return false when the operating system has no room now
   */
  boolean send(ByteBuffer source, int from, int until, InetSocketAddress to) throws IOException;

  /** How many datagrams of one length to one place can be given to the operating system in one call; 1 where it takes them singly only. */
  default int longestRun() {
    return 1;
  }

  /**
   * Sends several datagrams of one length to one place in one call; all of them leave or none.
   *
   * @param length octets of each, which divides {@code until - from}
   * @return false when the operating system has no room now, or when it has turned out that it does not take runs; {@link #longestRun()} is 1 then
   */
  default boolean sendRun(ByteBuffer source, int from, int until, int length, InetSocketAddress to) throws IOException {
    throw new IOException("this port sends datagrams singly");
  }

  /**
   * Receives one datagram, from a fixed peer or anybody else, to the start of {@code into} and sets its limit to the datagram's end. Null
   * when there is none.
   */
  InetSocketAddress receive(ByteBuffer into) throws IOException;

  /** Says whether to be told that there is room to send. */
  void wantRoom(boolean room);

  /** The local address as the operating system has it now, or null. */
  InetSocketAddress local();

  /** Leaves the loop and closes the descriptor, without a word to the socket. Idempotent. */
  void release();
}
