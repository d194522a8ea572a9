package org.pktlab.mlet.traceroute;

import java.net.InetAddress;
import org.pktlab.mlet.packet.IpPacket;

/**
 * A captured packet that answers one of our probes.
 *
 * @param target where the probe was going
 * @param number of the probe, from 1; {@link #NEWEST} when the packet does not tell
 * @param spare the number as another field tells it, which counts when {@code number} was never given; or 0
 * @param means what follows from it
 * @param what it says, in words
 * @param packet the packet
 * @param quoted what it quotes, or null
 */
record Answer(InetAddress target, int number, int spare, Means means, String what, IpPacket packet, IpPacket quoted) {
  /** Stands for the number of the probe sent last. */
  static final int NEWEST = -1;

  /** What follows from an answer. */
  enum Means {
    /** A router dropped the probe because its hops were used up. */
    ON_THE_WAY,
    /** The target answered. */
    REACHED,
    /** There is no way, or none that is allowed. */
    UNREACHABLE,
    /** Some other complaint that ends the trace. */
    OTHER_ERROR
  }
}
