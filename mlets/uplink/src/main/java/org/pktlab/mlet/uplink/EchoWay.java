package org.pktlab.mlet.uplink;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.TimeSource;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.AddressText;
import org.pktlab.mlet.packet.CaptureFilters;
import org.pktlab.mlet.packet.Icmp;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.packet.IpPacket;

/** Echo requests to a host, whose replies arrive at the endpoint. */
final class EchoWay implements Way {
  private static final int SEQUENCES = 0x10000;
  private static final int HOPS = 64;

  private final Random random = new Random();
  private final int identifier = random.nextInt(SEQUENCES);
  private final InetAddress target;
  private final RawSocket socket;
  private final IpHeader header;

  EchoWay(Vantage vantage, InetAddress target, InetAddress source) throws IOException, InterruptedException {
    this.target = target;
    int version = target.getAddress().length == 4 ? 4 : 6;
    socket = vantage.raw(source != null ? source : InetAddress.getByAddress(new byte[target.getAddress().length]));
    boolean ready = false;
    try {
      header = new IpHeader(socket.localAddress(), target, Icmp.protocol(version), HOPS, 0, 0, false);
      socket.capture(CaptureFilters.echo(version, identifier), RawSocket.FOREVER);
      ready = true;
    } finally {
      if (!ready) {
        socket.close();
      }
    }
  }

  @Override
  public String to() {
    return AddressText.of(target);
  }

  @Override
  public Sent send(int number, int size, long timeNs) throws IOException, InterruptedException {
    // Random, for links that compress.
    byte[] payload = new byte[size - header.length() - Icmp.ECHO_HEADER];
    random.nextBytes(payload);
    return socket.sendAt(ByteBuffer.wrap(Icmp.echoRequest(header, identifier, number % SEQUENCES, payload)), timeNs);
  }

  @Override
  public long[] arrivals(int first, int count) throws IOException, InterruptedException {
    long[] times = new long[count];
    try {
      while (true) {
        Received received = socket.receive(Duration.ZERO);
        IpPacket packet = IpPacket.of(received.data());
        if (packet != null && Icmp.isEchoReply(packet) && packet.u16(4) == identifier && packet.source().equals(target)) {
          int index = Math.floorMod(packet.u16(6) - first, SEQUENCES);
          if (index < count && times[index] == 0) {
            times[index] = received.timeNs();
          }
        }
      }
    } catch (TimeoutException e) {
      return times;
    }
  }

  @Override
  public TimeSource sendClock() throws IOException, InterruptedException {
    return socket.sendTimeSource();
  }

  @Override
  public TimeSource receiveClock() throws IOException, InterruptedException {
    return socket.receiveTimeSource();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
