package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A result in place (protocol specification, section 4.11). Reading and writing allocate nothing.
 */
public final class ResultFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public ResultFlyweight() {
    super(MessageType.RESULT);
  }

  /** The status, see {@link StatusCode}; 0 for success, which is an empty body. */
  public int status() {
    return bodyLength() == 0 ? StatusCode.SUCCESS : u16(0);
  }

  /** Index of the monitor for ECTLMONREJ and ECTLMONUKN; else 0. */
  public int monitorIndex() {
    return bodyLength(status()) >= 4 ? u16(2) : 0;
  }

  /** The monitor's own code for ECTLMONREJ; else 0. */
  public int monitorErrid() {
    return bodyLength(status()) == 6 ? u16(4) : 0;
  }

  /** Octets of the body that a status has: 0, 2, 4 (ECTLMONUKN) or 6 (ECTLMONREJ). */
  static int bodyLength(int status) {
    return switch (status) {
      case StatusCode.SUCCESS -> 0;
      case StatusCode.ECTLMONREJ -> 6;
      case StatusCode.ECTLMONUKN -> 4;
      default -> 2;
    };
  }

  /**
   * Writes the result of a request that succeeded.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encodeSuccess(ByteBuffer b, int offset) {
    return encode(b, offset, StatusCode.SUCCESS);
  }

  /**
   * Writes a whole result; the monitor fields, where the status has them, become 0.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encode(ByteBuffer b, int offset, int status) {
    return encode(b, offset, status, 0, 0);
  }

  /**
   * Writes a whole result; monitor fields must be 0 where the status has none.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encode(ByteBuffer b, int offset, int status, int monitorIndex, int monitorErrid) {
    Check.u16("status", status);
    Check.u16("monitorIndex", monitorIndex);
    Check.u16("monitorErrid", monitorErrid);
    int body = bodyLength(status);
    Check.that(body >= 4 || monitorIndex == 0, "only the monitor statuses carry a monitor index");
    Check.that(body == 6 || monitorErrid == 0, "only ECTLMONREJ carries a monitor's code");
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + body, b.limit());
    Frame.putHeader(b, offset, MessageType.RESULT, body);
    int at = offset + Frame.HEADER_LENGTH;
    if (body >= 2) {
      Octets.putU16(b, at, status);
    }
    if (body >= 4) {
      Octets.putU16(b, at + 2, monitorIndex);
    }
    if (body == 6) {
      Octets.putU16(b, at + 4, monitorErrid);
    }
    return Frame.HEADER_LENGTH + body;
  }
}
