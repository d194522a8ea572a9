package org.pktlab.transport.raw.linux;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.pktlab.transport.CaptureQueue;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.Transport;
import org.pktlab.transport.TransportSocket;
import org.pktlab.transport.parts.Withdrawal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens raw sockets (protocol, section 8) by the system calls of Linux, for IPv4 and IPv6. A socket may live on any loop that is one thread. It sends through a raw IP
 * socket bound to the local address, and captures from the interface that carries this address.
 */
@Component(service = Transport.class, property = {"pktlab.protocol=raw", "service.ranking:Integer=10"}, configurationPid = LinuxRawTransport.PID)
@Designate(ocd = RawSettings.class)
@Requirement(namespace = "osgi.native", filter = "(osgi.native.osname~=linux)")
public final class LinuxRawTransport implements Transport {
  static final String PID = "org.pktlab.transport.raw";

  private static final int PROTOCOL = 0;
  private static final int MOST_RING = 1 << 30;
  private static final int LEAST_KERNEL_BUFFER = 4_096;
  private static final int MOST_KERNEL_BUFFER = 268_435_456;
  private static final Logger LOG = LoggerFactory.getLogger(LinuxRawTransport.class);

  private final Set<LinuxRawSocket> open = ConcurrentHashMap.newKeySet();
  private final Withdrawal withdrawal = new Withdrawal(open);
  private final TimeKeeper times = new TimeKeeper();
  private final RawSettings settings;
  private final Hiding.Way way;

  /** Takes its configuration, bringing what is out of bounds to the nearest bound. */
  @Activate
  public LinuxRawTransport(RawSettings settings) {
    this(settings, Hiding::start);
  }

  /** One whose sockets hide packets in a way of one's choice. */
  LinuxRawTransport(RawSettings settings, Hiding.Way way) {
    this.settings = settings;
    this.way = way;
  }

  static int ringOctets(RawSettings settings) {
    return Math.clamp(settings.ringOctets(), CaptureQueue.LEAST_OCTETS, MOST_RING);
  }

  static int kernelBuffer(RawSettings settings) {
    return Math.clamp(settings.kernelBufferOctets(), LEAST_KERNEL_BUFFER, MOST_KERNEL_BUFFER);
  }

  @Override
  public int protocol() {
    return PROTOCOL;
  }

  @Override
  public TransportSocket open(SocketRequest request, SocketEvents events, ScheduledExecutorService loop) throws OpenFailedException {
    LinuxRawSocket socket = new LinuxRawSocket(request, events, loop, settings, way, open::remove);
    open.add(socket);
    if (withdrawal.hasBegun()) { // looked at after entering the set, so that deactivate() has either said so here or sees the socket there
      socket.close();
      throw withdrawal.refusal();
    }
    return socket;
  }

  /** Ends the sockets still open, each on its own loop, and waits for that and for their threads as long as is decent. */
  @Deactivate
  public void deactivate() {
    try {
      if (withdrawal.run() > 0) {
        LOG.warn("Busy loops have yet to close their raw sockets");
      }
    } finally {
      times.close();
    }
  }
}
