package org.pktlab.mlet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.osgi.annotation.versioning.ProviderType;

/** A connected TCP socket at an endpoint. */
@ProviderType
public interface TcpSocket extends AutoCloseable {
  /** The local address at the endpoint. */
  InetSocketAddress localAddress() throws IOException, InterruptedException;

  /** The peer. */
  InetSocketAddress remoteAddress();

  /** The endpoint's clock just before it was asked to connect, nanoseconds. */
  long openedNs();

  /** The endpoint's clock when the connection was established, nanoseconds. */
  long connectedNs();

  /** Sends as soon as possible. Blocks while the endpoint's buffer is full. {@code data} may be reused at once. */
  Sent send(ByteBuffer data) throws IOException, InterruptedException;

  /** Sends at a time on the endpoint's clock. Sends of one socket leave in the order of calls: a later one never overtakes. */
  Sent sendAt(ByteBuffer data, long timeNs) throws IOException, InterruptedException;

  /**
   * Waits for data.
   *
   * @return the next piece, or null at the end of the stream
   * @throws TimeoutException when nothing came in time; the socket goes on
   * @throws SocketFailedException when the connection failed (reset, timed out)
   */
  Received receive(Duration timeout) throws IOException, InterruptedException, TimeoutException;

  /** Ends our sending direction (FIN) after everything sent so far. */
  void finish() throws IOException, InterruptedException;

  /**
   * The receiving direction as a stream; a time-out of {@link #receive} applies to each read and shows as
   * {@link java.net.SocketTimeoutException}.
   */
  InputStream inputStream(Duration timeout);

  /** The sending direction as a stream. */
  OutputStream outputStream();

  /** Closes the socket at the endpoint. Idempotent; does nothing when the session is lost. */
  @Override
  void close() throws IOException;
}
