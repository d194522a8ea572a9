package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An nclose in place (protocol specification, section 4.7). Reading and writing allocate nothing.
 */
public final class NcloseFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public NcloseFlyweight() {
    super(MessageType.NCLOSE);
  }

  /** Socket number, 0 to 255. */
  public int sktid() {
    return u8(0);
  }

  /**
   * Writes a whole nclose.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encode(ByteBuffer b, int offset, int sktid) {
    Check.u8("sktid", sktid);
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + 1, b.limit());
    Frame.putHeader(b, offset, MessageType.NCLOSE, 1);
    Octets.putU8(b, offset + Frame.HEADER_LENGTH, sktid);
    return Frame.HEADER_LENGTH + 1;
  }
}
