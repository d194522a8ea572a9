package org.pktlab.mlet.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.TcpSocket;

/** The two directions of a TCP socket as streams. An interrupt shows as {@link InterruptedIOException} and stays set. */
final class SocketStreams {
  private SocketStreams() {}

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  /** What is received. */
  static final class Input extends InputStream {
    private final TcpSocket socket;
    private final Duration timeout;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private boolean ended;

    Input(TcpSocket socket, Duration timeout) {
      this.socket = socket;
      this.timeout = timeout;
    }

    private boolean fill() throws IOException {
      while (!ended && !piece.hasRemaining()) {
        try {
          Received received = socket.receive(timeout);
          ended = received == null;
          piece = ended ? piece : received.data();
        } catch (TimeoutException e) {
          throw new SocketTimeoutException(e.getMessage());
        } catch (InterruptedException e) {
          throw interrupted();
        }
      }
      return !ended;
    }

    @Override
    public int read() throws IOException {
      return fill() ? piece.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, octets.length);
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, piece.remaining());
      piece.get(octets, offset, count);
      return count;
    }

    @Override
    public int available() {
      return piece.remaining();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** What is sent. Closing it ends our direction only. */
  static final class Output extends OutputStream {
    private final TcpSocket socket;

    Output(TcpSocket socket) {
      this.socket = socket;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, octets.length);
      if (length == 0) {
        return;
      }
      try {
        socket.send(ByteBuffer.wrap(octets, offset, length));
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }

    @Override
    public void close() throws IOException {
      try {
        socket.finish();
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }
}
