package org.pktlab.mlet.packet;

import java.net.InetAddress;

/**
 * The header of an IP packet to send: IPv4 (RFC 791, 20 octets, no options) or IPv6 (RFC 8200, 40 octets, no extension headers) by the
 * family of the addresses.
 *
 * @param source an unspecified address lets an endpoint fill in its own (IPv4 only)
 * @param destination of the same family
 * @param protocol protocol or next header, 0 to 255
 * @param hopLimit time to live or hop limit, 0 to 255
 * @param trafficClass type of service or traffic class, 0 to 255
 * @param label IPv4: identification, 16 bits, where a system fills in 0; IPv6: flow label, 20 bits
 * @param dontFragment IPv4: whether routers must not fragment it; IPv6: no meaning
 */
public record IpHeader(
    InetAddress source, InetAddress destination, int protocol, int hopLimit, int trafficClass, int label, boolean dontFragment) {
  /** Protocol number of ICMP. */
  public static final int ICMP = 1;

  /** Protocol number of TCP. */
  public static final int TCP = 6;

  /** Protocol number of UDP. */
  public static final int UDP = 17;

  /** Protocol number of ICMPv6. */
  public static final int ICMPV6 = 58;

  private static final int IPV4_LENGTH = 20;
  private static final int IPV6_LENGTH = 40;

  /** Checks the ranges. */
  public IpHeader {
    int labelBits = source.getAddress().length == 4 ? 16 : 20;
    if (source.getAddress().length != destination.getAddress().length) {
      throw new IllegalArgumentException("source and destination are of different families");
    }
    if ((protocol | hopLimit | trafficClass) >>> 8 != 0 || label >>> labelBits != 0) {
      throw new IllegalArgumentException("a header field is out of range");
    }
  }

  /** 4 or 6. */
  public int version() {
    return destination.getAddress().length == 4 ? 4 : 6;
  }

  /** Octets of the header: 20 or 40. */
  public int length() {
    return version() == 4 ? IPV4_LENGTH : IPV6_LENGTH;
  }

  /** The sum of the pseudo header for a transport checksum over so many octets. */
  public int pseudoHeader(int transportLength) {
    return Checksum.pseudoHeader(source.getAddress(), destination.getAddress(), protocol, transportLength);
  }

  /**
   * A whole packet, in a new array.
   *
   * @param transport what follows the header, checksums filled in
   * @throws IllegalArgumentException when it is longer than a packet can be
   */
  public byte[] packet(byte[] transport) {
    boolean ipv4 = version() == 4;
    if (transport.length + (ipv4 ? IPV4_LENGTH : 0) > 0xFFFF) {
      throw new IllegalArgumentException(transport.length + " octets do not fit a packet");
    }
    byte[] packet = new byte[length() + transport.length];
    if (ipv4) {
      packet[0] = 0x45;
      packet[1] = (byte) trafficClass;
      put16(packet, 2, packet.length);
      put16(packet, 4, label);
      packet[6] = (byte) (dontFragment ? 0x40 : 0);
      packet[8] = (byte) hopLimit;
      packet[9] = (byte) protocol;
      System.arraycopy(source.getAddress(), 0, packet, 12, 4);
      System.arraycopy(destination.getAddress(), 0, packet, 16, 4);
      put16(packet, 10, Checksum.of(packet, 0, IPV4_LENGTH));
    } else {
      put16(packet, 0, 6 << 12 | trafficClass << 4 | label >>> 16);
      put16(packet, 2, label);
      put16(packet, 4, transport.length);
      packet[6] = (byte) protocol;
      packet[7] = (byte) hopLimit;
      System.arraycopy(source.getAddress(), 0, packet, 8, 16);
      System.arraycopy(destination.getAddress(), 0, packet, 24, 16);
    }
    System.arraycopy(transport, 0, packet, length(), transport.length);
    return packet;
  }

  private static void put16(byte[] to, int at, int value) {
    to[at] = (byte) (value >>> 8);
    to[at + 1] = (byte) value;
  }
}
