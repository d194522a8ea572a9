package org.pktlab.protocol;

import java.nio.ByteBuffer;

/**
 * What all flyweights share: a view of one well-formed frame in somebody else's buffer. A flyweight belongs to one thread, allocates
 * nothing, and reads the buffer at every call, so the frame must stay unchanged for as long as the view is used. A frame that is
 * refused leaves the flyweight at the frame it saw before.
 */
public abstract sealed class Flyweight
    permits MdataFlyweight,
        MreadFlyweight,
        MwriteFlyweight,
        NcapFlyweight,
        NcloseFlyweight,
        NctlFlyweight,
        NdataFlyweight,
        NopenFlyweight,
        NsendFlyweight,
        NstatFlyweight,
        NtagFlyweight,
        ResultFlyweight,
        YieldFlyweight {
  private final int type;
  private ByteBuffer buffer;
  private int offset;
  private int length;

  Flyweight(int type) {
    this.type = type;
  }

  /**
   * Looks at a frame, and checks all of it by the rules that {@link MessageCodec#decode} applies.
   *
   * @param b buffer that holds the frame; position and byte order do not matter and are not changed
   * @param offset absolute offset of the frame's header
   * @param length octets of the whole frame including its header
   * @throws ProtocolException if it is not one whole well-formed frame of this flyweight's type
   * @throws IndexOutOfBoundsException if the range does not lie below the buffer's limit
   */
  public final void wrap(ByteBuffer b, int offset, int length) throws ProtocolException {
    FrameRules.check(b, offset, length, type);
    this.buffer = b;
    this.offset = offset;
    this.length = length;
  }

  /** The buffer of the frame in view; null before the first. */
  public final ByteBuffer buffer() {
    return buffer;
  }

  /** Absolute offset of the frame's header. */
  public final int offset() {
    return offset;
  }

  /** Octets of the whole frame including its header. */
  public final int length() {
    return length;
  }

  /** Absolute offset of the body. */
  final int body() {
    return offset + Frame.HEADER_LENGTH;
  }

  /** Octets of the body. */
  final int bodyLength() {
    return length - Frame.HEADER_LENGTH;
  }

  final int u8(int at) {
    return Octets.u8(buffer, body() + at);
  }

  final int u16(int at) {
    return Octets.u16(buffer, body() + at);
  }

  final long u32(int at) {
    return Octets.u32(buffer, body() + at);
  }

  final long u64(int at) {
    return Octets.u64(buffer, body() + at);
  }

  /** Writes what most bodies begin with: socket number, family and kind of socket. */
  static void putSocket(ByteBuffer b, int offset, int sktid, int family, int proto) {
    int at = offset + Frame.HEADER_LENGTH;
    Octets.putU8(b, at, sktid);
    Octets.putU8(b, at + 1, family);
    Octets.putU8(b, at + 2, proto);
  }
}
