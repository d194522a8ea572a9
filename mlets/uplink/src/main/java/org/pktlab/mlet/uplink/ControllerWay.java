package org.pktlab.mlet.uplink;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TimeSource;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.AddressText;

/** Datagrams to this controller, which takes the times of arrival on a thread of its own. */
final class ControllerWay implements Way {
  /** Behind the IP header: the UDP header. */
  private static final int UDP_HEADER = 8;

  private static final int RECEIVE_BUFFER = 4 << 20;
  private static final int MOST_KEPT = 1_000_000;

  private final Random random = new Random();
  private final long mark = random.nextLong();
  private final DatagramChannel receiver;
  private final UdpSocket socket;
  private final InetSocketAddress here;
  private final int headers;

  /** By number; guarded by itself. */
  private final Map<Integer, Long> arrived = new HashMap<>();

  /**
   * @param address of this controller as the endpoint reaches it
   * @param port 0 for any
   */
  ControllerWay(Vantage vantage, InetAddress address, int port) throws IOException, InterruptedException {
    headers = (address.getAddress().length == 4 ? 20 : 40) + UDP_HEADER;
    receiver = DatagramChannel.open();
    boolean ready = false;
    try {
      receiver.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
      receiver.bind(new InetSocketAddress(port));
      here = new InetSocketAddress(address, ((InetSocketAddress) receiver.getLocalAddress()).getPort());
      socket = vantage.udp(address, SocketOptions.DEFAULT);
      ready = true;
    } finally {
      if (!ready) {
        receiver.close();
      }
    }
    Thread thread = new Thread(this::listen, "uplink-receiver");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    ByteBuffer datagram = ByteBuffer.allocate(2_048);
    try {
      while (receiver.receive(datagram.clear()) != null) {
        long now = System.nanoTime();
        datagram.flip();
        if (datagram.remaining() >= Long.BYTES + Integer.BYTES && datagram.getLong() == mark) {
          synchronized (arrived) {
            if (arrived.size() < MOST_KEPT) {
              // 0 stands for none.
              arrived.putIfAbsent(datagram.getInt(), now == 0 ? 1 : now);
            }
          }
        }
      }
    } catch (IOException e) {
      // Closed: the measurement is over.
      return;
    }
  }

  @Override
  public String to() {
    String host = AddressText.of(here.getAddress());
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + here.getPort();
  }

  @Override
  public Sent send(int number, int size, long timeNs) throws IOException, InterruptedException {
    byte[] payload = new byte[size - headers];
    random.nextBytes(payload);
    return socket.sendAt(ByteBuffer.wrap(payload).putLong(mark).putInt(number).rewind(), here, timeNs);
  }

  @Override
  public long[] arrivals(int first, int count) {
    long[] times = new long[count];
    synchronized (arrived) {
      for (int i = 0; i < count; i++) {
        Long time = arrived.remove(first + i);
        times[i] = time == null ? 0 : time;
      }
      arrived.clear();
    }
    return times;
  }

  @Override
  public TimeSource sendClock() {
    return null;
  }

  @Override
  public TimeSource receiveClock() {
    return TimeSource.USER;
  }

  @Override
  public void close() throws IOException {
    try {
      socket.close();
    } finally {
      receiver.close();
    }
  }
}
