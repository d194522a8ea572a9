package org.pktlab.protocol;

import java.nio.ByteBuffer;

/**
 * The header that precedes every message: one octet of type and three octets of body length, big-endian, not counting the
 * header itself (protocol specification, section 2.2).
 */
public final class Frame {
  /** Octets of a header. */
  public static final int HEADER_LENGTH = 4;

  /** The longest body that the length field can express, in octets. */
  public static final int MAX_BODY = 0xFFFFFF;

  private Frame() {}

  /** The type (0 to 255) of the frame whose header begins at the offset. */
  public static int type(ByteBuffer b, int offset) {
    return Octets.u8(b, offset);
  }

  /** The body length (0 to {@link #MAX_BODY} octets) of the frame whose header begins at the offset. */
  public static int bodyLength(ByteBuffer b, int offset) {
    return Octets.u24(b, offset + 1);
  }

  /**
   * Writes a header of {@link #HEADER_LENGTH} octets.
   *
   * @throws IllegalArgumentException if the type is not an octet or the length exceeds {@link #MAX_BODY}
   */
  public static void putHeader(ByteBuffer b, int offset, int type, int bodyLength) {
    Check.u8("type", type);
    Check.body(bodyLength);
    Octets.putU8(b, offset, type);
    Octets.putU24(b, offset + 1, bodyLength);
  }
}
