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

  /**
   * Packets that a capture filter kept were thrown away on their way, because they were not taken fast enough. Raw sockets only.
   *
   * @param units how many; at least 1
   * @param octets of them
   */
  default void onDropped(long units, long octets) {}

  /**
   * A packet has left, by a better clock than ours. Raw sockets only; never for one that was rejected.
   *
   * @param number of the packet, in the order of {@link TransportSocket#offer}
   * @param timeNs when it left
   */
  default void onSendTime(int number, long timeNs, RawTransportSocket.TimeSource source) {}

  /**
   * The operating system rejected one packet; the others are sent. Raw sockets only, called within {@link TransportSocket#flush()} or before the {@link
   * #onFlushed} that follows it.
   *
   * @param number of the packet
   */
  default void onRejected(int number, SocketFailure failure, long timeNs) {}

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
