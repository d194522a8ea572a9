package org.pktlab.endpoint.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Far ends for the endpoint's sockets: plain blocking ones with a deadline. */
final class Peers {
  private static final int DEADLINE_MS = 10_000;

  private Peers() {}

  /** A UDP socket on a loopback address. */
  static final class Udp implements AutoCloseable {
    final DatagramSocket socket;
    private final byte[] buffer = new byte[65_535];

    Udp(InetAddress address) {
      try {
        socket = new DatagramSocket(0, address);
        socket.setReceiveBufferSize(8 << 20);
        socket.setSoTimeout(DEADLINE_MS);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    int port() {
      return socket.getLocalPort();
    }

    byte[] address() {
      return socket.getLocalAddress().getAddress();
    }

    void send(byte[] data, int port) {
      try {
        socket.send(new DatagramPacket(data, data.length, new InetSocketAddress(socket.getLocalAddress(), port)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] receive() {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return Arrays.copyOf(buffer, packet.getLength());
    }

    /** Datagrams that reached this host's kernel and found its queue full; 0 where the system does not tell. */
    long lostInKernel() {
      String port = String.format(":%04X", port());
      for (String table : List.of("/proc/net/udp", "/proc/net/udp6")) {
        try {
          for (String line : Files.readAllLines(Path.of(table))) {
            String[] fields = line.trim().split("\\s+");
            if (fields[1].endsWith(port)) {
              return Long.parseLong(fields[fields.length - 1]);
            }
          }
        } catch (IOException e) {
          continue; // no such table here
        }
      }
      return 0;
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /** A listening TCP socket on a loopback address. */
  static final class Tcp implements AutoCloseable {
    final ServerSocket server;

    Tcp(InetAddress address) {
      try {
        server = new ServerSocket();
        server.setReceiveBufferSize(16_384);
        server.bind(new InetSocketAddress(address, 0), 300);
        server.setSoTimeout(DEADLINE_MS);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    int port() {
      return server.getLocalPort();
    }

    byte[] address() {
      return server.getInetAddress().getAddress();
    }

    Socket accept() {
      try {
        Socket socket = server.accept();
        socket.setSoTimeout(DEADLINE_MS);
        return socket;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The octet that stands at an offset of a test stream: told apart from its neighbours and from those a block away. */
  static byte octetAt(long offset) {
    return (byte) (offset ^ offset >>> 8 ^ offset >>> 16);
  }

  static byte[] stream(long offset, int length) {
    byte[] data = new byte[length];
    for (int i = 0; i < length; i++) {
      data[i] = octetAt(offset + i);
    }
    return data;
  }
}
