package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An ncap in place (protocol specification, section 4.9). Reading and writing allocate nothing.
 */
public final class NcapFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public NcapFlyweight() {
    super(MessageType.NCAP);
  }

  /** Socket number, 0 to 255. */
  public int sktid() {
    return u8(0);
  }

  /** Address family octet, see {@link Family}. */
  public int family() {
    return u8(1);
  }

  /** Kind of socket, see {@link Protocol}. */
  public int proto() {
    return u8(2);
  }

  /** End of the capture, unsigned nanoseconds since 1970 UTC. */
  public long endTimeNs() {
    return u64(3);
  }

  /** Absolute offset of the encoded program. */
  public int programOffset() {
    return body() + 11;
  }

  /** Octets of the encoded program, at least 1. */
  public int programLength() {
    return bodyLength() - 11;
  }

  /**
   * Writes the frame's header, which counts the program, and the fixed part. The caller puts the program behind it.
   *
   * @return octets written, behind which the program belongs
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encodeHeader(ByteBuffer b, int offset, int sktid, int family, int proto, long endTimeNs, int programLength) {
    Check.socket(sktid, family, proto);
    Check.that(programLength >= 1, "the program must have at least one octet");
    Check.body(11L + programLength);
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + 11, b.limit());
    Frame.putHeader(b, offset, MessageType.NCAP, 11 + programLength);
    putSocket(b, offset, sktid, family, proto);
    Octets.putU64(b, offset + Frame.HEADER_LENGTH + 3, endTimeNs);
    return Frame.HEADER_LENGTH + 11;
  }
}
