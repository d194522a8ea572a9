package org.pktlab.mlet.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.ConnectFailedException;
import org.pktlab.mlet.EndpointClock;
import org.pktlab.mlet.EndpointIdentity;
import org.pktlab.mlet.EndpointMemory;
import org.pktlab.mlet.FailureReason;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SocketFailedException;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;

/** This machine as a vantage point, over the sockets of the JDK, so that an mlet can be tried against a real server on loopback. */
public final class LocalVantage implements Vantage {
  private final List<InetAddress> resolvers;

  /** With these addresses to tell as resolvers. */
  public LocalVantage(InetAddress... resolvers) {
    this.resolvers = List.of(resolvers);
  }

  private static Duration positive(Duration timeout) {
    return timeout.toMillis() < 1 ? Duration.ofMillis(1) : timeout;
  }

  @Override
  public EndpointIdentity endpoint() {
    return new EndpointIdentity("-", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "");
  }

  @Override
  public EndpointClock clock() {
    throw new UnsupportedOperationException();
  }

  @Override
  public EndpointMemory memory() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<InetAddress> addresses() {
    return List.of(InetAddress.getLoopbackAddress());
  }

  @Override
  public Map<String, List<String>> facts() {
    return Map.of();
  }

  @Override
  public List<InetAddress> resolvers() {
    return resolvers;
  }

  @Override
  public TcpSocket connect(InetSocketAddress remote, SocketOptions options) throws IOException {
    long opened = System.nanoTime();
    Socket socket = new Socket();
    try {
      socket.connect(remote, (int) positive(options.timeout()).toMillis());
    } catch (SocketTimeoutException e) {
      throw new ConnectFailedException(FailureReason.TIMED_OUT, e.getMessage());
    } catch (ConnectException e) {
      throw new ConnectFailedException(FailureReason.REFUSED, e.getMessage());
    }
    return new Tcp(socket, remote, opened, System.nanoTime());
  }

  @Override
  public RawSocket raw(InetAddress local, int receiveBuffer) throws IOException {
    throw new RefusedException(0x35, "this vantage point has no raw sockets");
  }

  @Override
  public void hold() {
    throw new UnsupportedOperationException("the sockets of this vantage point are not held");
  }

  @Override
  public Drops poll(long untilNs) {
    throw new UnsupportedOperationException("the sockets of this vantage point are not held");
  }

  @Override
  public void release() {
    // Nothing is held.
  }

  @Override
  public UdpSocket udp(InetAddress family, SocketOptions options) throws IOException {
    return new Udp(new DatagramSocket());
  }

  private record Tcp(Socket socket, InetSocketAddress remoteAddress, long openedNs, long connectedNs) implements TcpSocket {
    @Override
    public InetSocketAddress localAddress() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public Sent send(ByteBuffer data) throws IOException {
      byte[] octets = new byte[data.remaining()];
      data.get(octets);
      try {
        socket.getOutputStream().write(octets);
      } catch (SocketException e) {
        throw new SocketFailedException(FailureReason.RESET, e.getMessage());
      }
      long now = System.nanoTime();
      return timeout -> now;
    }

    @Override
    public Sent sendAt(ByteBuffer data, long timeNs) throws IOException {
      return send(data);
    }

    @Override
    public Received receive(Duration timeout) throws IOException, TimeoutException {
      byte[] octets = new byte[4096];
      try {
        socket.setSoTimeout((int) positive(timeout).toMillis());
        int count = socket.getInputStream().read(octets);
        return count < 0 ? null : new Received(ByteBuffer.wrap(octets, 0, count), System.nanoTime(), null);
      } catch (SocketTimeoutException e) {
        throw new TimeoutException(e.getMessage());
      } catch (SocketException e) {
        throw new SocketFailedException(FailureReason.RESET, e.getMessage());
      }
    }

    @Override
    public void finish() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    public InputStream inputStream(Duration timeout) {
      throw new UnsupportedOperationException();
    }

    @Override
    public OutputStream outputStream() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private record Udp(DatagramSocket socket) implements UdpSocket {
    @Override
    public InetSocketAddress localAddress() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public Sent send(ByteBuffer data, InetSocketAddress to) throws IOException {
      byte[] octets = new byte[data.remaining()];
      data.get(octets);
      socket.send(new DatagramPacket(octets, octets.length, to));
      long now = System.nanoTime();
      return timeout -> now;
    }

    @Override
    public Sent sendAt(ByteBuffer data, InetSocketAddress to, long timeNs) throws IOException {
      return send(data, to);
    }

    @Override
    public Received receive(Duration timeout) throws IOException, TimeoutException {
      DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
      try {
        socket.setSoTimeout((int) positive(timeout).toMillis());
        socket.receive(packet);
      } catch (SocketTimeoutException e) {
        throw new TimeoutException(e.getMessage());
      }
      ByteBuffer data = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
      return new Received(data, System.nanoTime(), (InetSocketAddress) packet.getSocketAddress());
    }

    @Override
    public long dropped() {
      return 0;
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
