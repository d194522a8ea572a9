package org.pktlab.bench.driver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A TCP server on loopback that sends to whoever connects until the connection ends. */
final class StreamSource implements AutoCloseable {
  private static final int PIECE = 256 << 10;

  private final ServerSocketChannel listener;

  private StreamSource(ServerSocketChannel listener) {
    this.listener = listener;
  }

  static StreamSource open() throws IOException {
    StreamSource source = new StreamSource(ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    Thread thread = new Thread(source::accept, "source");
    thread.setDaemon(true);
    thread.start();
    return source;
  }

  String address() {
    return "127.0.0.1:" + listener.socket().getLocalPort();
  }

  private void accept() {
    ByteBuffer octets = ByteBuffer.allocateDirect(PIECE);
    while (listener.isOpen()) {
      try (SocketChannel connection = listener.accept()) {
        while (true) {
          octets.clear();
          connection.write(octets);
        }
      } catch (IOException e) {
        // The connection has ended, or this source.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
