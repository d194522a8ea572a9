package org.pktlab.mlet.packet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IP packet as it was captured or quoted, possibly cut short. IPv6 extension headers are passed over. A view: the octets are neither
 * copied nor changed.
 *
 * <p>Nothing in a packet is believed before it was compared with the octets that are there: every offset given here lies within them.
 */
public final class IpPacket {
  private static final int MOST_EXTENSIONS = 8;

  private final byte[] octets;
  private final int offset;
  private final int end;
  private final boolean ipv4;
  private final int protocol;
  private final int transport;
  private final boolean laterFragment;

  private IpPacket(byte[] octets, int offset, int end, boolean ipv4, int protocol, int transport, boolean laterFragment) {
    this.octets = octets;
    this.offset = offset;
    this.end = end;
    this.ipv4 = ipv4;
    this.protocol = protocol;
    this.transport = transport;
    this.laterFragment = laterFragment;
  }

  /** Reads what a buffer with an accessible array holds from position to limit, which do not change; null when it is no IP packet. */
  public static IpPacket of(ByteBuffer buffer) {
    return of(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
  }

  /** Reads a packet of at most so many octets, the rest of which may be missing; null when its header is not whole or not IP. */
  public static IpPacket of(byte[] octets, int offset, int length) {
    if (length < 1) {
      return null;
    }
    return switch (octets[offset] >> 4 & 0xF) {
      case 4 -> ipv4(octets, offset, length);
      case 6 -> ipv6(octets, offset, length);
      default -> null;
    };
  }

  private static IpPacket ipv4(byte[] octets, int offset, int length) {
    int header = (octets[offset] & 0xF) * 4;
    if (header < 20 || length < header) {
      return null;
    }
    int declared = u16(octets, offset + 2);
    int end = offset + (declared >= header ? Math.min(length, declared) : length);
    boolean later = (u16(octets, offset + 6) & 0x1FFF) != 0;
    return new IpPacket(octets, offset, end, true, octets[offset + 9] & 0xFF, offset + header, later);
  }

  private static IpPacket ipv6(byte[] octets, int offset, int length) {
    if (length < 40) {
      return null;
    }
    int declared = u16(octets, offset + 4);
    int end = offset + (declared > 0 ? Math.min(length, 40 + declared) : length);
    int next = octets[offset + 6] & 0xFF;
    int at = offset + 40;
    boolean later = false;
    for (int i = 0; i < MOST_EXTENSIONS; i++) {
      boolean fragment = next == 44;
      if (!fragment && next != 0 && next != 43 && next != 60) {
        return new IpPacket(octets, offset, end, false, next, at, later);
      }
      if (end - at < 8) {
        return null;
      }
      later |= fragment && (u16(octets, at + 2) & 0xFFF8) != 0;
      next = octets[at] & 0xFF;
      at += fragment ? 8 : 8 + (octets[at + 1] & 0xFF) * 8;
      if (at > end) {
        return null;
      }
    }
    return null;
  }

  /** 4 or 6. */
  public int version() {
    return ipv4 ? 4 : 6;
  }

  /** Sender. */
  public InetAddress source() {
    return address(offset + (ipv4 ? 12 : 8));
  }

  /** Receiver. */
  public InetAddress destination() {
    return address(offset + (ipv4 ? 16 : 24));
  }

  private InetAddress address(int at) {
    byte[] address = new byte[ipv4 ? 4 : 16];
    System.arraycopy(octets, at, address, 0, address.length);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 octets", e);
    }
  }

  /** Number of the protocol behind the headers. */
  public int protocol() {
    return protocol;
  }

  /** Time to live or hop limit. */
  public int hopLimit() {
    return octets[offset + (ipv4 ? 8 : 7)] & 0xFF;
  }

  /** Type of service or traffic class. */
  public int trafficClass() {
    return ipv4 ? octets[offset + 1] & 0xFF : u16(octets, offset) >>> 4 & 0xFF;
  }

  /** IPv4: identification; IPv6: flow label. */
  public int label() {
    return ipv4 ? u16(octets, offset + 4) : (u16(octets, offset) & 0xF) << 16 | u16(octets, offset + 2);
  }

  /** Octets of the whole packet as its header says. */
  public int declaredLength() {
    return ipv4 ? u16(octets, offset + 2) : 40 + u16(octets, offset + 4);
  }

  /** Whether it is a fragment other than the first, so that there is no transport header. */
  public boolean isLaterFragment() {
    return laterFragment;
  }

  /** Octets that are there behind the headers; 0 for a later fragment. */
  public int transportLength() {
    return laterFragment ? 0 : end - transport;
  }

  /** An octet behind the headers, 0 to 255. */
  public int u8(int at) {
    check(at, 1);
    return octets[transport + at] & 0xFF;
  }

  /** A 16-bit number behind the headers. */
  public int u16(int at) {
    check(at, 2);
    return u16(octets, transport + at);
  }

  /** A 32-bit number behind the headers. */
  public int i32(int at) {
    check(at, 4);
    return u16(octets, transport + at) << 16 | u16(octets, transport + at + 2);
  }

  private void check(int at, int length) {
    if (at < 0 || at + length > transportLength()) {
      throw new IndexOutOfBoundsException(at + " of " + transportLength() + " octets");
    }
  }

  /** The packet that this ICMP or ICMPv6 error quotes, or null when it quotes none. */
  public IpPacket quoted() {
    if (transportLength() < 8 || !isIcmpError()) {
      return null;
    }
    return of(octets, transport + 8, end - transport - 8);
  }

  /** Whether it is an ICMP or ICMPv6 message that reports an error about another packet. */
  public boolean isIcmpError() {
    if (transportLength() < 8) {
      return false;
    }
    int type = u8(0);
    return ipv4 && protocol == IpHeader.ICMP
        ? type == 3 || type == 4 || type == 5 || type == 11 || type == 12
        : !ipv4 && protocol == IpHeader.ICMPV6 && type < 128;
  }

  /** Whether the transport part is whole, so that its checksum can be looked at. */
  public boolean isWhole() {
    return !laterFragment && end - offset == declaredLength() && !(ipv4 && (u16(octets, offset + 6) & 0x3FFF) != 0);
  }

  /** Whether the checksum of a whole ICMP or ICMPv6 message is right; true where it cannot be told. */
  public boolean hasPlausibleChecksum() {
    if (!isWhole()) {
      return true;
    }
    int length = transportLength();
    int sum = 0;
    if (!ipv4 && protocol == IpHeader.ICMPV6) {
      sum = Checksum.pseudoHeader(source().getAddress(), destination().getAddress(), protocol, length);
    } else if (protocol != IpHeader.ICMP) {
      return true;
    }
    return Checksum.add(sum, octets, transport, length) == 0xFFFF;
  }

  private static int u16(byte[] octets, int at) {
    return (octets[at] & 0xFF) << 8 | octets[at + 1] & 0xFF;
  }
}
