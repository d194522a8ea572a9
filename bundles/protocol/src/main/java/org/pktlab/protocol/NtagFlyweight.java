package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An ntag in place (protocol specification, section 4.13). Reading and writing allocate nothing.
 */
public final class NtagFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public NtagFlyweight() {
    super(MessageType.NTAG);
  }

  /** Socket number, 0 to 255. */
  public int sktid() {
    return u8(0);
  }

  /** Tag of the nsend. */
  public int tag() {
    return u16(1);
  }

  /** When the data left or were discarded, unsigned nanoseconds since 1970 UTC. */
  public long timeNs() {
    return u64(3);
  }

  /** 0 if sent, else a {@link StatusCode}. */
  public int status() {
    return bodyLength() == 13 ? u16(11) : StatusCode.SUCCESS;
  }

  /**
   * Writes a whole ntag; a status of 0 is left out.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encode(ByteBuffer b, int offset, int sktid, int tag, long timeNs, int status) {
    Check.u8("sktid", sktid);
    Check.u16("tag", tag);
    Check.u16("status", status);
    int body = status == StatusCode.SUCCESS ? 11 : 13;
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + body, b.limit());
    Frame.putHeader(b, offset, MessageType.NTAG, body);
    int at = offset + Frame.HEADER_LENGTH;
    Octets.putU8(b, at, sktid);
    Octets.putU16(b, at + 1, tag);
    Octets.putU64(b, at + 3, timeNs);
    if (status != StatusCode.SUCCESS) {
      Octets.putU16(b, at + 11, status);
    }
    return Frame.HEADER_LENGTH + body;
  }
}
