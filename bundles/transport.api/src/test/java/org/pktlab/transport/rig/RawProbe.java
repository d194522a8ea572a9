package org.pktlab.transport.rig;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.Transport;

/** Opens a raw socket, asks for an echo and says how that went. */
public final class RawProbe {
  private RawProbe() {}

  /** Prints {@code RAW} and what happened. */
  public static void run(Transport transport, String[] addresses) throws Exception {
    InetAddress from = InetAddress.getByName(addresses[0]);
    InetAddress to = InetAddress.getByName(addresses[1]);
    ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    Recorder events = new Recorder();
    SocketRequest request = new SocketRequest(new InetSocketAddress(from, 0), null, System::nanoTime);
    try {
      RawTransportSocket socket = loop.submit(() -> (RawTransportSocket) transport.open(request, events, loop)).get();
      loop.submit(
              () -> {
                socket.capture((packet, offset, length) -> IpPackets.protocol(packet, offset) == 1 ? length : 0);
                socket.offer(IpPackets.echo(from, to, 1, 100), null);
                return socket.flush();
              })
          .get();
      System.out.println("RAW " + (events.next().data()[20] == 0 ? "echoed" : "something else"));
    } catch (ExecutionException e) {
      System.out.println("RAW " + (e.getCause() instanceof OpenFailedException failed ? failed.reason() : e.getCause()));
    }
    System.exit(0);
  }
}
