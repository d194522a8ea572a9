package org.pktlab.bench.mlets;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;

/** How marked datagrams go out: through a UDP socket, or built octet by octet through a raw one. The receiver sees the same. */
interface Way extends AutoCloseable {
  /** Sends a datagram at a time on the endpoint's clock; 0 is at once. */
  Sent sendAt(ByteBuffer datagram, long dueNs) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;

  /** Opens a socket. */
  static Way open(Vantage vantage, InetSocketAddress to, boolean raw) throws IOException, InterruptedException {
    if (!raw) {
      UdpSocket socket = vantage.udp(to.getAddress());
      return new Way() {
        @Override
        public Sent sendAt(ByteBuffer datagram, long dueNs) throws IOException, InterruptedException {
          return socket.sendAt(datagram, to, dueNs);
        }

        @Override
        public void close() throws IOException {
          socket.close();
        }
      };
    }
    return new RawDatagrams(vantage.raw(InetAddress.getByAddress(new byte[4]), RawDatagrams.RECEIVE_BUFFER), to);
  }

  /** IPv4 and UDP headers before each datagram; the header checksum is the kernel's, that of UDP is left out. */
  final class RawDatagrams implements Way {
    /** Nothing is received: the endpoint's buffer is for what is to be sent. */
    static final int RECEIVE_BUFFER = 4096;

    private static final int IP = 20;
    private static final int UDP = 8;

    private final RawSocket socket;
    private final ByteBuffer packet = ByteBuffer.allocate(2048);

    RawDatagrams(RawSocket socket, InetSocketAddress to) throws IOException {
      this.socket = socket;
      if (!(to.getAddress() instanceof Inet4Address)) {
        throw new IOException("the receiver of raw datagrams needs an IPv4 address");
      }
      packet.put(0, (byte) 0x45).put(8, (byte) 64).put(9, (byte) 17);
      packet.put(12, socket.localAddress().getAddress()).put(16, to.getAddress().getAddress());
      packet.putShort(IP, (short) 40_000).putShort(IP + 2, (short) to.getPort());
    }

    @Override
    public Sent sendAt(ByteBuffer datagram, long dueNs) throws IOException, InterruptedException {
      int length = IP + UDP + datagram.remaining();
      packet.putShort(2, (short) length).putShort(IP + 4, (short) (length - IP));
      packet.put(IP + UDP, datagram, datagram.position(), datagram.remaining());
      return socket.sendAt(packet.clear().limit(length), dueNs);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
