package org.pktlab.mlet.packet;

/** The Internet checksum (RFC 1071): one's complement sums of 16-bit words, big-endian, odd octets padded with zero. */
public final class Checksum {
  private Checksum() {}

  /** Adds words to a sum; the result is folded to 16 bits. {@code sum} is 0 or an earlier result over an even number of octets. */
  public static int add(int sum, byte[] octets, int offset, int length) {
    long total = sum;
    int end = offset + length;
    int at = offset;
    for (; at + 1 < end; at += 2) {
      total += (octets[at] & 0xFF) << 8 | octets[at + 1] & 0xFF;
    }
    if (at < end) {
      total += (octets[at] & 0xFF) << 8;
    }
    return fold(total);
  }

  /** Adds one number of up to 32 bits, as two words. */
  public static int add(int sum, int number) {
    return fold((long) sum + (number >>> 16) + (number & 0xFFFF));
  }

  private static int fold(long total) {
    long folded = total;
    while (folded > 0xFFFF) {
      folded = (folded & 0xFFFF) + (folded >>> 16);
    }
    return (int) folded;
  }

  /** The checksum that belongs to a sum. */
  public static int of(int sum) {
    return ~sum & 0xFFFF;
  }

  /** The checksum of these octets. */
  public static int of(byte[] octets, int offset, int length) {
    return of(add(0, octets, offset, length));
  }

  /**
   * The sum of the pseudo header that TCP, UDP and ICMPv6 checksums begin with (RFC 793, RFC 8200 section 8.1).
   *
   * @param source 4 or 16 octets, as many as {@code destination}
   * @param protocol number of the transport protocol
   * @param length octets of the transport header and its data
   */
  public static int pseudoHeader(byte[] source, byte[] destination, int protocol, int length) {
    int sum = add(0, source, 0, source.length);
    sum = add(sum, destination, 0, destination.length);
    return add(add(sum, protocol), length);
  }
}
