package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An nstat in place (protocol specification, section 4.14). Reading and writing allocate nothing.
 */
public final class NstatFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public NstatFlyweight() {
    super(MessageType.NSTAT);
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

  /** Time of the change, unsigned nanoseconds since 1970 UTC. */
  public long timeNs() {
    return u64(3);
  }

  /** What happened, see {@link StatCode}; 0 in the established form, which has no such octet. */
  public int code() {
    return bodyLength() == 12 ? u8(11) : StatCode.ESTABLISHED;
  }

  /** Octets of the peer's address in the established form, 4 or 16; else 0. */
  public int addressLength() {
    return bodyLength() == 12 ? 0 : bodyLength() - 13;
  }

  /** Absolute offset of the peer's address; 0 without one. */
  public int addressOffset() {
    return addressLength() == 0 ? 0 : body() + 11;
  }

  /** Port of the peer; 0 without one. */
  public int port() {
    return addressLength() == 0 ? 0 : u16(11 + addressLength());
  }

  /**
   * Writes a whole nstat with a code; for TCP the code 0 is refused, it has the other form.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encodeCode(ByteBuffer b, int offset, int sktid, int family, int proto, long timeNs, int code) {
    Check.socket(sktid, family, proto);
    Check.u8("code", code);
    Check.that(proto != Protocol.TCP || code != StatCode.ESTABLISHED, "an established TCP connection needs raddr");
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + 12, b.limit());
    put(b, offset, 12, sktid, family, proto, timeNs);
    Octets.putU8(b, offset + Frame.HEADER_LENGTH + 11, code);
    return Frame.HEADER_LENGTH + 12;
  }

  /**
   * Writes a whole nstat of the established form; the peer's address has 4 or 16 octets.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encodeEstablished(ByteBuffer b, int offset, int sktid, int family, int proto, long timeNs, byte[] raddr, int port) {
    Check.socket(sktid, family, proto);
    Check.that(raddr.length == Family.IPV4_LENGTH || raddr.length == Family.IPV6_LENGTH, "raddr must have 4 or 16 octets");
    Check.u16("port", port);
    int body = 13 + raddr.length;
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + body, b.limit());
    put(b, offset, body, sktid, family, proto, timeNs);
    int at = offset + Frame.HEADER_LENGTH;
    b.put(at + 11, raddr);
    Octets.putU16(b, at + 11 + raddr.length, port);
    return Frame.HEADER_LENGTH + body;
  }

  private static void put(ByteBuffer b, int offset, int body, int sktid, int family, int proto, long timeNs) {
    Frame.putHeader(b, offset, MessageType.NSTAT, body);
    putSocket(b, offset, sktid, family, proto);
    Octets.putU64(b, offset + Frame.HEADER_LENGTH + 3, timeNs);
  }
}
