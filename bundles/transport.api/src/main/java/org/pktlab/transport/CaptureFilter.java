package org.pktlab.transport;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/** Says what of a packet is captured. One thread at a time runs it; it must not block. */
@ConsumerType
public interface CaptureFilter {
  /**
   * Looks at a packet.
   *
   * @param packet holds it; borrowed, and not changed
   * @param offset absolute index of its first octet: that of the network-layer header
   * @param length octets
   * @return how many of its first octets to keep: 0 for none; more than {@code length} means all
   */
  int keep(ByteBuffer packet, int offset, int length);
}
