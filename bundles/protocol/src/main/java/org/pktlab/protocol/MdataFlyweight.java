package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An mdata in place (protocol specification, section 4.12). Reading and writing allocate nothing.
 */
public final class MdataFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public MdataFlyweight() {
    super(MessageType.MDATA);
  }

  /** First address, 0 to 4294967295. */
  public long addr() {
    return u32(0);
  }

  /** Absolute offset of the data. */
  public int dataOffset() {
    return body() + 4;
  }

  /** Octets of the data, possibly 0. */
  public int dataLength() {
    return bodyLength() - 4;
  }

  /**
   * Writes the frame's header, which counts the data, and the address. The caller puts the data behind it.
   *
   * @return octets written, behind which the data belong
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encodeHeader(ByteBuffer b, int offset, long addr, int dataLength) {
    Check.that(dataLength >= 0, "the data cannot have fewer than 0 octets");
    Check.u32("addr", addr);
    Check.body(4L + dataLength);
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + 4, b.limit());
    Frame.putHeader(b, offset, MessageType.MDATA, 4 + dataLength);
    Octets.putU32(b, offset + Frame.HEADER_LENGTH, addr);
    return Frame.HEADER_LENGTH + 4;
  }
}
