package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A yield in place (protocol specification, section 4.3). Reading and writing allocate nothing.
 */
public final class YieldFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public YieldFlyweight() {
    super(MessageType.YIELD);
  }

  /** Time before which the experiment need not be restarted, unsigned nanoseconds since 1970 UTC. */
  public long resumeHintNs() {
    return u64(0);
  }

  /**
   * Writes a whole yield.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encode(ByteBuffer b, int offset, long resumeHintNs) {
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + 8, b.limit());
    Frame.putHeader(b, offset, MessageType.YIELD, 8);
    Octets.putU64(b, offset + Frame.HEADER_LENGTH, resumeHintNs);
    return Frame.HEADER_LENGTH + 8;
  }
}
