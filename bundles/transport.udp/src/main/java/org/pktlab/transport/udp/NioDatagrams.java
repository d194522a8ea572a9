package org.pktlab.transport.udp;

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
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;

/**
 * A datagram socket on an NIO loop. A fixed peer is kept here rather than in the system, because the JDK sends no empty datagrams through
 * connected channels.
 */
final class NioDatagrams implements DatagramPort, NioIoHandle {
  private final IoEventLoop loop;
  private final DatagramChannel channel;
  private IoRegistration registration;
  private UdpSocket socket;
  private InetSocketAddress peer;
  private NioIoOps wanted = NioIoOps.NONE;

  NioDatagrams(IoEventLoop loop, boolean ipv6, int kernelBufferOctets) throws IOException {
    this.loop = loop;
    this.channel = DatagramChannel.open(ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, kernelBufferOctets);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, kernelBufferOctets);
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
  public void connect(InetSocketAddress remote) {
    peer = remote;
  }

  @Override
  public void watch(UdpSocket watched) throws IOException {
    socket = watched;
    Future<IoRegistration> registered = loop.register(this); // complete at once: this is the loop's thread
    if (!registered.isSuccess()) {
      throw new IOException("the loop refuses the socket", registered.cause());
    }
    registration = registered.getNow();
    wantRoom(false);
  }

  @Override
  public boolean send(ByteBuffer source, int from, int until, InetSocketAddress to) throws IOException {
    source.limit(until).position(from);
    channel.send(source, to == null ? peer : to);
    return !source.hasRemaining(); // an empty one counts as sent, room or not: the JDK does not tell
  }

  @Override
  public InetSocketAddress receive(ByteBuffer into) throws IOException {
    into.clear();
    InetSocketAddress from = (InetSocketAddress) channel.receive(into);
    into.flip();
    return from;
  }

  @Override
  public void wantRoom(boolean room) {
    NioIoOps ops = room ? NioIoOps.READ_AND_WRITE : NioIoOps.READ;
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
  public SelectableChannel selectableChannel() {
    return channel;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    NioIoOps ready = ((NioIoEvent) event).ops();
    socket.ready(ready.contains(NioIoOps.READ), ready.contains(NioIoOps.WRITE));
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
