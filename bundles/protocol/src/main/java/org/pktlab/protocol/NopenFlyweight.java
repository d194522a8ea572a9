package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An nopen in place (protocol specification, section 4.6). Reading and writing allocate nothing.
 */
public final class NopenFlyweight extends Flyweight {
  /** A view that must be wrapped before anything is read. */
  public NopenFlyweight() {
    super(MessageType.NOPEN);
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

  /** Receive allowance in octets of payload, 0 to 4294967295. */
  public long rbufsz() {
    return u32(3);
  }

  /** Octets of each address, 4 or 16 by the family. */
  public int addressLength() {
    return Family.addressLength(family());
  }

  /** Absolute offset of the local address. */
  public int localAddressOffset() {
    return body() + 7;
  }

  /** Local port, 0 for any; always 0 for raw. */
  public int localPort() {
    return proto() == Protocol.RAW ? 0 : u16(7 + addressLength());
  }

  /** Whether this is the connecting form of TCP, the only one with a remote address. */
  public boolean isConnect() {
    return bodyLength() == 11 + 2 * addressLength();
  }

  /** Absolute offset of the remote address of a TCP connect; else 0. */
  public int remoteAddressOffset() {
    return isConnect() ? body() + 9 + addressLength() : 0;
  }

  /** Remote port of a TCP connect; else 0. */
  public int remotePort() {
    return isConnect() ? u16(9 + 2 * addressLength()) : 0;
  }

  /**
   * Writes a whole nopen; raddr is null except for a TCP connect, ports that a form does not have are 0.
   *
   * @return octets written
   * @throws IllegalArgumentException if a value is out of bounds; nothing is written then
   * @throws IndexOutOfBoundsException if the buffer has no room for it; nothing is written then
   */
  public static int encode(
      ByteBuffer b, int offset, int sktid, int family, int proto, long rbufsz, byte[] laddr, int lport, byte[] raddr, int rport) {
    Nopen.check(sktid, family, proto, rbufsz, laddr, lport, raddr, rport);
    int body = bodyLength(family, proto, raddr != null);
    Objects.checkFromIndexSize(offset, Frame.HEADER_LENGTH + body, b.limit());
    Frame.putHeader(b, offset, MessageType.NOPEN, body);
    putSocket(b, offset, sktid, family, proto);
    int at = offset + Frame.HEADER_LENGTH + 3;
    Octets.putU32(b, at, rbufsz);
    at += 4;
    b.put(at, laddr);
    at += laddr.length;
    if (proto != Protocol.RAW) {
      Octets.putU16(b, at, lport);
      at += 2;
    }
    if (raddr != null) {
      b.put(at, raddr);
      Octets.putU16(b, at + raddr.length, rport);
    }
    return Frame.HEADER_LENGTH + body;
  }

  /** Octets of the body of a form. */
  static int bodyLength(int family, int proto, boolean connect) {
    int address = Family.addressLength(family);
    if (proto == Protocol.RAW) {
      return 7 + address;
    }
    return connect ? 11 + 2 * address : 9 + address;
  }
}
