package org.pktlab.mlet;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;

/**
 * How to open a socket at an endpoint.
 *
 * @param local local address at the endpoint, or null for any
 * @param localPort local port, or 0 for any
 * @param receiveBuffer octets the endpoint may hold for us
 * @param timeout how long to wait for a connection
 */
public record SocketOptions(InetAddress local, int localPort, int receiveBuffer, Duration timeout) {
  /** Any local address and port, 1 MiB, 30 s. */
  public static final SocketOptions DEFAULT = new SocketOptions(null, 0, 1 << 20, Duration.ofSeconds(30));

  /** Checks the ranges. */
  public SocketOptions {
    Objects.requireNonNull(timeout);
    if (localPort < 0 || localPort > 0xFFFF || receiveBuffer < 0) {
      throw new IllegalArgumentException("port or receive buffer out of range");
    }
  }

  /** The same with another receive buffer. */
  public SocketOptions withReceiveBuffer(int octets) {
    return new SocketOptions(local, localPort, octets, timeout);
  }

  /** The same with another time-out. */
  public SocketOptions withTimeout(Duration timeout) {
    return new SocketOptions(local, localPort, receiveBuffer, timeout);
  }

  /** The same with a local address and port. */
  public SocketOptions from(InetAddress local, int localPort) {
    return new SocketOptions(local, localPort, receiveBuffer, timeout);
  }
}
