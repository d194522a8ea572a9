package org.pktlab.transport.tcp;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.nio.NioIoHandle;
import java.io.IOException;
import java.net.Inet6Address;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.Transport;
import org.pktlab.transport.TransportSocket;
import org.pktlab.transport.parts.Failures;
import org.pktlab.transport.parts.Withdrawal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens TCP connections (protocol, section 7.1) on Netty loops with epoll or NIO. Sockets are registered with the loop they are opened on
 * and never leave it.
 */
@Component(service = Transport.class, property = "pktlab.protocol=tcp")
public final class TcpTransport implements Transport {
  private static final int PROTOCOL = 6;
  private static final Logger LOG = LoggerFactory.getLogger(TcpTransport.class);

  private final ConcurrentHashMap<IoEventLoop, LoopSockets> loops = new ConcurrentHashMap<>();
  private final Withdrawal withdrawal = new Withdrawal(loops.values());

  @Override
  public int protocol() {
    return PROTOCOL;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The remote address is needed: connections are made, not awaited.
   */
  @Override
  public TransportSocket open(SocketRequest request, SocketEvents events, ScheduledExecutorService loop) throws OpenFailedException {
    if (!(loop instanceof IoEventLoop)) {
      throw new OpenFailedException(Reason.OTHER, "TCP sockets need a Netty I/O loop");
    }
    IoEventLoop io = (IoEventLoop) loop;
    if (!io.inEventLoop()) {
      throw new IllegalStateException("open() is called on the loop");
    }
    if (request.remote() == null) {
      throw new OpenFailedException(Reason.OTHER, "a TCP socket needs a remote address");
    }
    LoopSockets sockets = loops.computeIfAbsent(io, key -> new LoopSockets(key, idle -> loops.remove(idle.loop(), idle)));
    if (withdrawal.hasBegun()) { // looked at after entering the loop above, so that deactivate() has either said so here or sees the loop there
      sockets.releaseWhenIdle();
      throw withdrawal.refusal();
    }
    try {
      return open(request, events, sockets);
    } catch (OpenFailedException e) {
      sockets.releaseWhenIdle();
      throw e;
    }
  }

  private static TcpSocket open(SocketRequest request, SocketEvents events, LoopSockets sockets) throws OpenFailedException {
    StreamPort port = port(request, sockets.loop());
    TcpSocket socket = new TcpSocket(port, request, events, sockets);
    try {
      port.bind(request.local());
    } catch (IOException | RuntimeException e) {
      port.release();
      throw Failures.bind(e);
    }
    try {
      boolean connected = port.connect(request.remote());
      port.watch(socket);
      sockets.add(socket.end());
      if (connected) {
        sockets.loop().execute(() -> socket.ready(false, true, false));
      }
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw Failures.open(e);
    }
  }

  private static StreamPort port(SocketRequest request, IoEventLoop loop) throws OpenFailedException {
    boolean ipv6 = request.local().getAddress() instanceof Inet6Address;
    try {
      if (loop.isCompatible(EpollIoHandle.class)) {
        return new EpollStream(loop, ipv6);
      }
      if (loop.isCompatible(NioIoHandle.class)) {
        return new NioStream(loop, ipv6);
      }
    } catch (IOException | ChannelException | UnsupportedOperationException e) {
      throw Failures.open(e);
    }
    throw new OpenFailedException(Reason.OTHER, "TCP sockets need an epoll or NIO loop");
  }

  /** Ends the sockets still open, each on its own loop, and waits for that as long as is decent. */
  @Deactivate
  public void deactivate() {
    long busy = withdrawal.run();
    if (busy > 0) {
      LOG.warn("{} busy loops have yet to close their TCP sockets", busy);
    }
  }
}
