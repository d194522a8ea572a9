package org.pktlab.transport.tcp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A stream on an epoll loop. It is registered once, edge triggered, for everything: opening and closing the receive window then costs no
 * system call, and a reset of a stream that is not being read cannot keep the loop busy.
 */
final class EpollStream implements StreamPort, EpollIoHandle {
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final int EPOLLHUP = 0x10;
  private static final int HANGUP = EPOLLHUP | EpollIoOps.EPOLLERR.value() | EpollIoOps.EPOLLRDHUP.value();
  private static final int READABLE = HANGUP | EpollIoOps.EPOLLIN.value();
  private static final int WRITABLE = EPOLLHUP | EpollIoOps.EPOLLERR.value() | EpollIoOps.EPOLLOUT.value();
  private static final EpollIoOps EVERYTHING =
      EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT).with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);

  private final IoEventLoop loop;
  private final LinuxSocket descriptor;
  private IoRegistration registration;
  private TcpSocket socket;

  EpollStream(IoEventLoop loop, boolean ipv6) throws IOException {
    this.loop = loop;
    this.descriptor = LinuxSocket.newSocketStream(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
    try {
      if (ipv6) {
        descriptor.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1); // an IPv6 socket takes no IPv4 port
      }
      descriptor.setKeepAlive(true);
    } catch (IOException e) {
      release();
      throw e;
    }
  }

  @Override
  public void bind(InetSocketAddress local) throws IOException {
    descriptor.bind(local);
  }

  @Override
  public boolean connect(InetSocketAddress remote) throws IOException {
    return descriptor.connect(remote);
  }

  @Override
  public void watch(TcpSocket watched) throws IOException {
    socket = watched;
    Future<IoRegistration> registered = loop.register(this); // complete at once: this is the loop's thread
    if (!registered.isSuccess()) {
      throw new IOException("the loop refuses the socket", registered.cause());
    }
    registration = registered.getNow();
    try {
      registration.submit(EVERYTHING);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public boolean finishConnect() throws IOException {
    int error = descriptor.getSoError();
    if (error != 0) {
      throw Errors.newConnectionResetException("connect", -error);
    }
    return descriptor.remoteAddress() != null; // a stale event of an earlier descriptor of this number says nothing
  }

  @Override
  public int read(ByteBuffer into, int most) throws IOException {
    return descriptor.read(into, 0, most);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int written = descriptor.write(from, from.position(), from.limit());
    from.position(from.position() + written);
    return written;
  }

  @Override
  public void finish() throws IOException {
    descriptor.shutdown(false, true);
  }

  @Override
  public void want(boolean reading, boolean writing) {
    // edge triggered
  }

  @Override
  public InetSocketAddress local() {
    return descriptor.isOpen() ? descriptor.localAddress() : null;
  }

  @Override
  public InetSocketAddress remote() {
    return descriptor.isOpen() ? descriptor.remoteAddress() : null;
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    int ready = ((EpollIoEvent) event).ops().value();
    socket.ready((ready & READABLE) != 0, (ready & WRITABLE) != 0, (ready & HANGUP) != 0);
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
