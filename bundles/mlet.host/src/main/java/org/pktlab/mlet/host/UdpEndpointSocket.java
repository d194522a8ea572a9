package org.pktlab.mlet.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.UdpSocket;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.StatusCode;

/** A UDP socket at an endpoint. */
final class UdpEndpointSocket extends EndpointSocket implements UdpSocket {
  private static final int MOST_IPV4 = 65_507;
  private static final int MOST_IPV6 = 65_527;

  UdpEndpointSocket(SessionVantage vantage, int sktid, int family, int receiveBuffer) {
    super(vantage, sktid, family, Protocol.UDP, false, receiveBuffer);
  }

  void open(SocketOptions options) throws IOException, InterruptedException {
    byte[] local = options.local() == null ? new byte[family() == 4 ? 4 : 16] : options.local().getAddress();
    Call open = new Call("open a UDP socket", Frames.openUdp(sktid(), receiveBuffer(), local, options.localPort()));
    Call clock = vantage().askClock();
    vantage().wire().submit(open, clock);
    boolean opened = false;
    try {
      Answer answer = open.await();
      if (!answer.isSuccess()) {
        neverOpened();
        opened = true;
        throw answer.refused("open a UDP socket");
      }
      vantage().clockOf(clock.awaitSuccess());
      opened = true;
    } finally {
      if (!opened) {
        beginClose();
      }
    }
  }

  @Override
  public InetSocketAddress localAddress() throws IOException, InterruptedException {
    return local();
  }

  @Override
  public Sent send(ByteBuffer data, InetSocketAddress to) throws IOException, InterruptedException {
    return sendAt(data, to, 0);
  }

  @Override
  public Sent sendAt(ByteBuffer data, InetSocketAddress to, long timeNs) throws IOException, InterruptedException {
    byte[] address = SessionVantage.resolved(to).getAddress();
    if (Frames.family(address) != family()) {
      throw new IllegalArgumentException("this socket is for IPv" + family() + ", the destination " + to.getAddress().getHostAddress()
          + " is not");
    }
    int most = family() == 4 ? MOST_IPV4 : MOST_IPV6;
    if (data.remaining() > most) {
      // Tried at an endpoint it would cost the whole socket (protocol specification, section 7.2).
      throw new RefusedException(StatusCode.ESKTPKTDENY, "a datagram holds at most " + most + " octets, not " + data.remaining());
    }
    return outbox().send(data, data.remaining(), timeNs, address, to.getPort());
  }

  @Override
  public Received receive(Duration timeout) throws IOException, InterruptedException, TimeoutException {
    return take(timeout);
  }

  @Override
  public long dropped() throws IOException, InterruptedException {
    return droppedUnits();
  }
}
