package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An nsend in place (protocol specification, section 4.8). Reading and writing allocate nothing.
 */
public final class NsendFlyweight extends Flyweight {
  /** Octets of the fixed part of the body. */
  static final int FIXED_LENGTH = 13;

  /** A view that must be wrapped before anything is read. */
  public NsendFlyweight() {
    super(MessageType.NSEND);
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

  /** Earliest time of sending, unsigned nanoseconds since 1970 UTC; 0 for as soon as possible. */
  public long timeNs() {
    return u64(3);
  }

  /** Tag for the ntag, 0 for none. */
  public int tag() {
    return u16(11);
  }

  /** Octets of the UDP peer's address, 4 or 16; 0 for raw and TCP, whose messages carry none. */
  public int addressLength() {
    return proto() == Protocol.UDP ? Family.addressLength(family()) : 0;
  }

  /** Absolute offset of the UDP peer's address; 0 for raw and TCP. */
  public int addressOffset() {
    return addressLength() == 0 ? 0 : body() + FIXED_LENGTH;
  }

  /** Port of the UDP peer; 0 for raw and TCP. */
  public int port() {
    int address = addressLength();
    return address == 0 ? 0 : u16(FIXED_LENGTH + address);
  }

  /** Absolute offset of the data. */
  public int dataOffset() {
    return offset() + headerLength(family(), proto());
  }

  /** Octets of the data, possibly 0. */
  public int dataLength() {
    return length() - headerLength(family(), proto());
  }

  /**
   * Octets that precede the data: the frame's header, the fixed part and, for UDP, the peer's address and port.
   *
   * @throws IllegalArgumentException for UDP of a family that is neither 4 nor 6
   */
  public static int headerLength(int family, int proto) {
    int fixed = Frame.HEADER_LENGTH + FIXED_LENGTH;
    return proto == Protocol.UDP ? fixed + Family.addressLength(family) + 2 : fixed;
  }

  /**
   * Writes everything that precedes the data: the frame's header, which counts the data, the fixed part and, for UDP, address and
   * port. The caller puts the data behind it.
   *
   * @return octets written, behind which the data belong
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encodeHeader(
      ByteBuffer b, int offset, int sktid, int family, int proto, long timeNs, int tag, byte[] raddr, int port, int dataLength) {
    Check.socket(sktid, family, proto);
    Check.u16("tag", tag);
    Check.peer(family, proto, raddr, port);
    int header = headerLength(family, proto);
    Check.body((long) header - Frame.HEADER_LENGTH + dataLength);
    Check.that(dataLength >= 0, "the data cannot have fewer than 0 octets");
    Objects.checkFromIndexSize(offset, header, b.limit());
    Frame.putHeader(b, offset, MessageType.NSEND, header - Frame.HEADER_LENGTH + dataLength);
    putSocket(b, offset, sktid, family, proto);
    int at = offset + Frame.HEADER_LENGTH;
    Octets.putU64(b, at + 3, timeNs);
    Octets.putU16(b, at + 11, tag);
    if (raddr != null) {
      b.put(at + FIXED_LENGTH, raddr);
      Octets.putU16(b, at + FIXED_LENGTH + raddr.length, port);
    }
    return header;
  }
}
