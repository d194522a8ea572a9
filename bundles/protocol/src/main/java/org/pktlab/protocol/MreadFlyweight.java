package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An mread in place (protocol specification, section 4.4). Reading and writing allocate nothing.
 */
public final class MreadFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public MreadFlyweight() {
    super(MessageType.MREAD);
  }

  /** First address, 0 to 4294967295. */
  public long addr() {
    return u32(0);
  }

  /** Octets to read, 1 to 65535. */
  public int readLength() {
    return u16(4);
  }

  /**
   * Writes a whole mread.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encode(ByteBuffer b, int offset, long addr, int readLength) {
    Check.that(readLength >= 1 && readLength <= MemoryMap.MAX_READ, "the length must be 1 to 65535");
    Check.range(addr, readLength);
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + 6, b.limit());
    Frame.putHeader(b, offset, MessageType.MREAD, 6);
    Octets.putU32(b, offset + Frame.HEADER_LENGTH, addr);
    Octets.putU16(b, offset + Frame.HEADER_LENGTH + 4, readLength);
    return Frame.HEADER_LENGTH + 6;
  }
}
