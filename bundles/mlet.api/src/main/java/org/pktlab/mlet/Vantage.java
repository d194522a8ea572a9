package org.pktlab.mlet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
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
   * What the endpoint tells about its host, as far as its operator lets it: values by item, such as {@code gateway}, {@code mtu} or {@code external}
   * (docs/reference/extensions.md says which there are). Empty at a C endpoint.
   */
  Map<String, List<String>> facts() throws IOException, InterruptedException;

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

  /**
   * Opens a raw socket, for whole IP packets.
   *
   * @param local an address of the endpoint, whose interface is used; an unspecified address (0.0.0.0, ::) for the endpoint's best of that
   *     family
   * @param receiveBuffer octets the endpoint may hold for us
   * @throws RefusedException when the endpoint does not offer raw sockets, or not on that address
   */
  RawSocket raw(InetAddress local, int receiveBuffer) throws IOException, InterruptedException;

  /** The same with 4 MiB. */
  default RawSocket raw(InetAddress local) throws IOException, InterruptedException {
    return raw(local, 4 << 20);
  }

  /**
   * From now on the endpoint keeps what arrives on this session's sockets, and the times at which packets left, until {@link #poll}: nothing
   * of it uses the network while a measurement runs. What does not fit the receive buffers is dropped and counted.
   *
   * <p>It holds for the sockets that are open; sockets opened later are not held. Requests still travel when they are made, so queue the
   * packets of a train with {@code sendAt} before it begins.
   */
  void hold() throws IOException, InterruptedException;

  /**
   * Waits until a time on the endpoint's clock and then gets what was held. Data is found by the {@code receive} methods of the sockets
   * afterwards, times by {@link Sent}. The sockets are held again from then on, until {@link #release}.
   *
   * @param untilNs the time; one that has passed polls at once
   * @return what was dropped on the sockets since they were opened
   */
  Drops poll(long untilNs) throws IOException, InterruptedException;

  /** Ends holding: what is held arrives now, and what comes later at once. Does nothing when nothing is held. */
  void release() throws IOException, InterruptedException;

  /**
   * What the endpoint dropped or cut for want of buffer.
   *
   * @param units datagrams or packets
   * @param octets of them
   */
  record Drops(long units, long octets) {}
}
