package org.pktlab.transport.tcp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

/** A stream on an NIO loop. Selection is level triggered, so interest in reading goes whenever nothing may be read. */
final class NioStream implements StreamPort, NioIoHandle {
  private final IoEventLoop loop;
  private final SocketChannel channel;
  private IoRegistration registration;
  private TcpSocket socket;
  private NioIoOps wanted = NioIoOps.NONE;

  NioStream(IoEventLoop loop, boolean ipv6) throws IOException {
    this.loop = loop;
    this.channel = SocketChannel.open(ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    } catch (IOException e) {
      release();
      throw e;
    }
  }

  @Override
  public void bind(InetSocketAddress local) throws IOException {
    channel.bind(local);
  }

  @Override
  public boolean connect(InetSocketAddress remote) throws IOException {
    return channel.connect(remote);
  }

  @Override
  public void watch(TcpSocket watched) throws IOException {
    socket = watched;
    Future<IoRegistration> registered = loop.register(this); // complete at once: this is the loop's thread
    if (!registered.isSuccess()) {
      throw new IOException("the loop refuses the socket", registered.cause());
    }
    registration = registered.getNow();
    submit(NioIoOps.CONNECT);
  }

  @Override
  public boolean finishConnect() throws IOException {
    return channel.finishConnect();
  }

  @Override
  public int read(ByteBuffer into, int most) throws IOException {
    int position = into.position();
    into.limit(position + most);
    try {
      return channel.read(into);
    } finally {
      into.position(position);
    }
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return channel.write(from);
  }

  @Override
  public void finish() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void want(boolean reading, boolean writing) {
    submit(reading ? writing ? NioIoOps.READ_AND_WRITE : NioIoOps.READ : writing ? NioIoOps.WRITE : NioIoOps.NONE);
  }

  private void submit(NioIoOps ops) {
    if (registration != null && !ops.equals(wanted)) {
      wanted = ops;
      registration.submit(ops);
    }
  }

  @Override
  public InetSocketAddress local() {
    try {
      return (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException e) {
      return null; // closed
    }
  }

  @Override
  public InetSocketAddress remote() {
    try {
      return (InetSocketAddress) channel.getRemoteAddress();
    } catch (IOException e) {
      return null; // closed
    }
  }

  @Override
  public SelectableChannel selectableChannel() {
    return channel;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    NioIoOps ready = ((NioIoEvent) event).ops();
    socket.ready(ready.contains(NioIoOps.READ), ready.contains(NioIoOps.WRITE) || ready.contains(NioIoOps.CONNECT), false);
  }

  @Override
  public void release() {
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
    try {
      channel.close();
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
