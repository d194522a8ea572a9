package org.pktlab.transport.raw.pcap4j;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.pktlab.transport.CaptureQueue;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.OpenFailedException.Reason;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.Transport;
import org.pktlab.transport.TransportSocket;
import org.pktlab.transport.parts.Withdrawal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens raw sockets (protocol, section 8) through libpcap, for IPv4 and IPv6, on Linux. A socket may live on any loop that is one thread. It sends through a raw IP
 * socket bound to the local address, and captures from the interface that carries this address.
 */
@Component(service = Transport.class, property = "pktlab.protocol=raw", configurationPid = PcapRawTransport.PID)
@Designate(ocd = RawSettings.class)
public final class PcapRawTransport implements Transport {
  static final String PID = "org.pktlab.transport.raw";

  private static final int PROTOCOL = 0;
  private static final int MOST_RING = 1 << 30;
  private static final int LEAST_KERNEL_BUFFER = 262_144;
  private static final int MOST_KERNEL_BUFFER = 268_435_456;
  private static final Logger LOG = LoggerFactory.getLogger(PcapRawTransport.class);

  private final Set<PcapRawSocket> open = ConcurrentHashMap.newKeySet();
  private final Withdrawal withdrawal = new Withdrawal(open);
  private final RawSettings settings;

  /** Takes its configuration, bringing what is out of bounds to the nearest bound. */
  @Activate
  public PcapRawTransport(RawSettings settings) {
    this.settings = settings;
  }

  static int ringOctets(RawSettings settings) {
    return Math.max(CaptureQueue.LEAST_OCTETS, Math.min(MOST_RING, settings.ringOctets()));
  }

  static int kernelBuffer(RawSettings settings) {
    return Math.max(LEAST_KERNEL_BUFFER, Math.min(MOST_KERNEL_BUFFER, settings.kernelBufferOctets()));
  }

  @Override
  public int protocol() {
    return PROTOCOL;
  }

  @Override
  public TransportSocket open(SocketRequest request, SocketEvents events, ScheduledExecutorService loop) throws OpenFailedException {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new OpenFailedException(Reason.OTHER, "raw sockets need Linux");
    }
    PcapRawSocket socket = new PcapRawSocket(request, events, loop, settings, open::remove);
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
    if (withdrawal.run() > 0) {
      LOG.warn("Busy loops have yet to close their raw sockets");
    }
  }
}
