package org.pktlab.transport.udp;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.nio.NioIoHandle;
import java.io.IOException;
import java.net.Inet6Address;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
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
 * Opens UDP sockets (protocol, section 7.1) on Netty loops with epoll or NIO. Sockets are registered with the loop they are opened on and
 * never leave it.
 */
@Component(service = Transport.class, property = "pktlab.protocol=udp", configurationPid = UdpTransport.PID)
@Designate(ocd = UdpSettings.class)
public final class UdpTransport implements Transport {
  static final String PID = "org.pktlab.transport.udp";

  private static final int PROTOCOL = 17;
  private static final int LEAST_KERNEL_BUFFER = 4_096;
  private static final int MOST_KERNEL_BUFFER = 268_435_456;
  private static final Logger LOG = LoggerFactory.getLogger(UdpTransport.class);

  private final ConcurrentHashMap<IoEventLoop, LoopSockets> loops = new ConcurrentHashMap<>();
  private final Withdrawal withdrawal = new Withdrawal(loops.values());
  private final int kernelBufferOctets;

  /** Takes its configuration, bringing what is out of bounds to the nearest bound. */
  @Activate
  public UdpTransport(UdpSettings settings) {
    this(settings.kernelBufferOctets());
  }

  UdpTransport(int kernelBufferOctets) {
    this.kernelBufferOctets = Math.max(LEAST_KERNEL_BUFFER, Math.min(MOST_KERNEL_BUFFER, kernelBufferOctets));
  }

  @Override
  public int protocol() {
    return PROTOCOL;
  }

  @Override
  public TransportSocket open(SocketRequest request, SocketEvents events, ScheduledExecutorService loop) throws OpenFailedException {
    if (!(loop instanceof IoEventLoop)) {
      throw new OpenFailedException(Reason.OTHER, "UDP sockets need a Netty I/O loop");
    }
    IoEventLoop io = (IoEventLoop) loop;
    if (!io.inEventLoop()) {
      throw new IllegalStateException("open() is called on the loop");
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

  private UdpSocket open(SocketRequest request, SocketEvents events, LoopSockets sockets) throws OpenFailedException {
    DatagramPort port = port(request, sockets.loop());
    UdpSocket socket = new UdpSocket(port, request, events, sockets);
    try {
      port.bind(request.local());
    } catch (IOException | RuntimeException e) {
      port.release();
      throw Failures.bind(e);
    }
    try {
      if (request.remote() != null) {
        port.connect(request.remote());
      }
      port.watch(socket);
      sockets.add(socket.end());
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw Failures.open(e);
    }
  }

  private DatagramPort port(SocketRequest request, IoEventLoop loop) throws OpenFailedException {
    boolean ipv6 = request.local().getAddress() instanceof Inet6Address;
    try {
      if (loop.isCompatible(EpollIoHandle.class)) {
        return new EpollDatagrams(loop, ipv6, kernelBufferOctets);
      }
      if (loop.isCompatible(NioIoHandle.class)) {
        return new NioDatagrams(loop, ipv6, kernelBufferOctets);
      }
    } catch (IOException | ChannelException | UnsupportedOperationException e) {
      throw Failures.open(e);
    }
    throw new OpenFailedException(Reason.OTHER, "UDP sockets need an epoll or NIO loop");
  }

  /** Ends the sockets still open, each on its own loop, and waits for that as long as is decent. */
  @Deactivate
  public void deactivate() {
    long busy = withdrawal.run();
    if (busy > 0) {
      LOG.warn("{} busy loops have yet to close their UDP sockets", busy);
    }
  }
}
