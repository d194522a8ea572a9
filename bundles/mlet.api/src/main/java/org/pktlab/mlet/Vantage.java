package org.pktlab.mlet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A vantage point: the network as one endpoint sees it. Methods block the calling thread only, never a network thread; any number of
 * threads of an mlet may use one vantage. All sockets of the session share the endpoint's buffer and its limits.
 *
 * <p>Every method throws {@link SessionLostException} when the session has ended, and {@link RefusedException} when the endpoint said no.
 */
@ProviderType
public interface Vantage {
  /** Who the endpoint is. */
  EndpointIdentity endpoint();

  /** The endpoint's clock. */
  EndpointClock clock();

  /** The endpoint's memory, for what has no method of its own. */
  EndpointMemory memory();

  /** Addresses the endpoint exports, best first. */
  List<InetAddress> addresses() throws IOException, InterruptedException;

  /** DNS resolvers the endpoint exports, best first; may be empty. */
  List<InetAddress> resolvers() throws IOException, InterruptedException;

  /**
   * Connects a TCP socket and waits until it is connected.
   *
   * @param remote a resolved address
   * @param options local address, receive buffer, time-out
   * @throws ConnectFailedException when there is no connection: refused, timed out, unreachable
   */
  TcpSocket connect(InetSocketAddress remote, SocketOptions options) throws IOException, InterruptedException;

  /** The same with {@link SocketOptions#DEFAULT}. */
  default TcpSocket connect(InetSocketAddress remote) throws IOException, InterruptedException {
    return connect(remote, SocketOptions.DEFAULT);
  }

  /**
   * Opens a UDP socket.
   *
   * @param family an address of the family wanted, such as the destination; only its family matters
   * @param options local address and receive buffer
   */
  UdpSocket udp(InetAddress family, SocketOptions options) throws IOException, InterruptedException;

  /** The same with {@link SocketOptions#DEFAULT}. */
  default UdpSocket udp(InetAddress family) throws IOException, InterruptedException {
    return udp(family, SocketOptions.DEFAULT);
  }
}
