package org.pktlab.transport;

import java.util.concurrent.ScheduledExecutorService;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A kind of socket, offered as a service. When the service goes, the endpoint ends the sockets it opened through it; {@link
 * TransportSocket#close()} is called for each of them.
 */
@ConsumerType
public interface Transport {
  /** The wire's protocol number: 0 raw, 6 TCP, 17 UDP. */
  int protocol();

  /**
   * Opens a socket. Called on {@code loop}, and must not block: name resolution, connecting and the like happen afterwards.
   *
   * @param request addresses, bounds and the clock
   * @param events told what happens, always on {@code loop}, never before this method has returned
   * @param loop the single thread that owns the socket
   * @return the open (or connecting) socket
   * @throws OpenFailedException when there is no socket; nothing is left behind
   */
  TransportSocket open(SocketRequest request, SocketEvents events, ScheduledExecutorService loop) throws OpenFailedException;
}
