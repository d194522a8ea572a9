package org.pktlab.transport.tcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** The operating system's side of one stream. Non-blocking; used on its loop only. Tells its {@link TcpSocket} when it is ready. */
interface StreamPort {
  /** Binds to a local address. */
  void bind(InetSocketAddress local) throws IOException;

  /** Starts to connect. True when the connection exists at once, which is not told again. */
  boolean connect(InetSocketAddress remote) throws IOException;

  /** Puts the port under the watch of its loop, after {@link #connect}. */
  void watch(TcpSocket socket) throws IOException;

  /** Asks how connecting went: true when connected, false when that is still open. */
  boolean finishConnect() throws IOException;

  /**
   * Reads at most {@code most} octets to the start of {@code into}, leaving its position alone: 0 when there is nothing now, -1 at the
   * end of the stream.
   */
  int read(ByteBuffer into, int most) throws IOException;

  /** Writes from {@code from}'s position and advances it by what the operating system took, which may be nothing. */
  int write(ByteBuffer from) throws IOException;

  /** Ends the sending direction. */
  void finish() throws IOException;

  /** Says what to be told of. A port that is told of changes only (edge triggered) ignores it. */
  void want(boolean reading, boolean writing);

  /** The local address as the operating system has it now, or null. */
  InetSocketAddress local();

  /** The peer as the operating system has it now, or null. */
  InetSocketAddress remote();

  /** Leaves the loop and closes the descriptor, without a word to the socket. Idempotent. */
  void release();
}
