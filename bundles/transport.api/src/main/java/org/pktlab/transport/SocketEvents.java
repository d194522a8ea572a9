package org.pktlab.transport;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ProviderType;

/** What happens to a socket. Called on the loop that owns the socket. Times are those of {@link SocketRequest#epochNs()}. */
@ProviderType
public interface SocketEvents {
  /** A connecting stream is connected. */
  void onConnected(long timeNs);

  /**
   * Data arrived on a stream. {@code data} is borrowed until this method returns; it holds at least one octet and at most the allowance.
   */
  void onData(ByteBuffer data, long timeNs);

  /** A datagram arrived, possibly empty. {@code data} is borrowed until this method returns. */
  void onDatagram(ByteBuffer data, InetSocketAddress from, long timeNs);

  /** What was readable has been delivered for now: a good time to flush notifications. */
  void onReadComplete();

  /** The peer has finished sending. */
  void onEndOfStream(long timeNs);

  /** A flush that returned false is complete: the last octet was taken at {@code timeNs}. */
  void onFlushed(long timeNs);

  /**
   * The socket has failed and is closed; no other event follows.
   *
   * @param failure why
   * @param sending whether it was a send (or FIN) that failed rather than a receive or connect
   */
  void onFailed(SocketFailure failure, boolean sending, long timeNs);
}
