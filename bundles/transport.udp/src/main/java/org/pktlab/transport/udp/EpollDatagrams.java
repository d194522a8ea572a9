package org.pktlab.transport.udp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DatagramSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A datagram socket on an epoll loop, level triggered: a turn that has had its share of datagrams just ends, and the loop comes back.
 *
 * <p>Datagrams of one length to one place that are due together leave in one call ({@code UDP_SEGMENT}): the kernel walks its stack once for up to 64 of them and
 * cuts them apart where the device wants them. Others take one {@code sendto} each: measured against {@code sendmmsg} that is as fast, because almost all of the
 * time is spent in the stack and not in the call.
 */
final class EpollDatagrams implements DatagramPort, EpollIoHandle {
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final int SOL_UDP = 17;
  private static final int UDP_SEGMENT = 103;
  private static final int MOST_SEGMENTS = 64;
  private static final EpollIoOps ROOM = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);

  private final IoEventLoop loop;
  private final LinuxSocket descriptor;
  private int longestRun = MOST_SEGMENTS;
  private IoRegistration registration;
  private UdpSocket socket;
  private EpollIoOps wanted = EpollIoOps.EPOLLIN;

  EpollDatagrams(IoEventLoop loop, boolean ipv6, int kernelBufferOctets) throws IOException {
    this.loop = loop;
    this.descriptor = LinuxSocket.newSocketDgram(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
    try {
      if (ipv6) {
        descriptor.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1); // datagrams of the other family have no place in the protocol
      }
      enlarge(kernelBufferOctets);
    } catch (IOException e) {
      release();
      throw e;
    }
  }

  private void enlarge(int octets) throws IOException {
    try {
      descriptor.setIntOpt(SOL_SOCKET, SO_RCVBUFFORCE, octets);
      descriptor.setIntOpt(SOL_SOCKET, SO_SNDBUFFORCE, octets);
    } catch (IOException e) {
      descriptor.setReceiveBufferSize(octets); // not privileged: the system's limit cuts it
      descriptor.setSendBufferSize(octets);
    }
  }

  @Override
  public void bind(InetSocketAddress local) throws IOException {
    descriptor.bind(local);
  }

  @Override
  public void connect(InetSocketAddress remote) throws IOException {
    descriptor.connect(remote);
  }

  @Override
  public void watch(UdpSocket watched) throws IOException {
    socket = watched;
    Future<IoRegistration> registered = loop.register(this); // complete at once: this is the loop's thread
    if (!registered.isSuccess()) {
      throw new IOException("the loop refuses the socket", registered.cause());
    }
    registration = registered.getNow();
    try {
      registration.submit(wanted);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public boolean send(ByteBuffer source, int from, int until, InetSocketAddress to) throws IOException {
    int sent = to == null ? descriptor.send(source, from, until) : descriptor.sendTo(source, from, until, to.getAddress(), to.getPort());
    // A datagram goes as a whole or not at all. For an empty one Netty does not tell "sent" from "no room"; it counts as sent, as if lost
    // on the way.
    return sent == until - from;
  }

  @Override
  public int longestRun() {
    return longestRun;
  }

  @Override
  public boolean sendRun(ByteBuffer source, int from, int until, int length, InetSocketAddress to) throws IOException {
    try {
      descriptor.setIntOpt(SOL_UDP, UDP_SEGMENT, length);
    } catch (IOException e) {
      longestRun = 1; // an older kernel
      return false;
    }
    try {
      return send(source, from, until, to);
    } catch (IOException e) {
      // The device or the path does not take runs. If it is the destination that does not work, the single datagram will say so.
      longestRun = 1;
      return false;
    } finally {
      descriptor.setIntOpt(SOL_UDP, UDP_SEGMENT, 0);
    }
  }

  @Override
  public InetSocketAddress receive(ByteBuffer into) throws IOException {
    DatagramSocketAddress from = descriptor.recvFrom(into, 0, into.capacity());
    if (from != null) {
      into.limit(from.receivedAmount());
    }
    return from;
  }

  @Override
  public void wantRoom(boolean room) {
    EpollIoOps ops = room ? ROOM : EpollIoOps.EPOLLIN;
    if (registration != null && ops != wanted) {
      wanted = ops;
      registration.submit(ops);
    }
  }

  @Override
  public InetSocketAddress local() {
    return descriptor.isOpen() ? descriptor.localAddress() : null;
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    int ready = ((EpollIoEvent) event).ops().value();
    socket.ready((ready & ~EpollIoOps.EPOLLOUT.value()) != 0, (ready & EpollIoOps.EPOLLOUT.value()) != 0);
  }

  @Override
  public void release() {
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
    try {
      descriptor.close();
    } catch (IOException e) {
      // the descriptor is gone all the same
    }
  }

  /** Called by a loop that ends while the socket is open. */
  @Override
  public void close() {
    release();
    socket.end().withdraw();
  }
}
