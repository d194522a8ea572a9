package org.pktlab.mlet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.osgi.annotation.versioning.ProviderType;

/** A UDP socket at an endpoint. */
@ProviderType
public interface UdpSocket extends AutoCloseable {
  /** The local address at the endpoint; the unspecified address when none was chosen. */
  InetSocketAddress localAddress() throws IOException, InterruptedException;

  /** Sends a datagram as soon as possible. Blocks while the endpoint's buffer is full. {@code data} may be reused at once. */
  Sent send(ByteBuffer data, InetSocketAddress to) throws IOException, InterruptedException;

  /** Sends a datagram at a time on the endpoint's clock. */
  Sent sendAt(ByteBuffer data, InetSocketAddress to, long timeNs) throws IOException, InterruptedException;

  /**
   * Waits for a datagram from anyone.
   *
   * @throws TimeoutException when none came in time; the socket goes on
   * @throws SocketFailedException when the socket failed
   */
  Received receive(Duration timeout) throws IOException, InterruptedException, TimeoutException;

  /** Datagrams that the endpoint dropped or cut for want of buffer. */
  long dropped() throws IOException, InterruptedException;

  /** Closes the socket at the endpoint. Idempotent; does nothing when the session is lost. */
  @Override
  void close() throws IOException;
}
