package org.pktlab.transport.parts;

/** What the headers of packets tell who sends them through a raw IP socket of one family. Functions of numbers; any thread. */
public final class RawHeaders {
  /** No IP packet is longer. */
  public static final int LONGEST = 65_535;

  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;

  private RawHeaders() {}

  /**
   * What speaks against a packet of a length.
   *
   * @return an error number ({@link Errno}); 0 for none: the packet has a whole header then, apart from options
   */
  public static int lengthError(boolean ipv6, int length) {
    if (length > LONGEST) {
      return Errno.EMSGSIZE;
    }
    return length < (ipv6 ? IPV6_HEADER : IPV4_HEADER) ? Errno.EINVAL : 0;
  }

  /**
   * What speaks against a packet of a length that is right.
   *
   * @param first its first octet, unsigned
   * @return an error number; 0 for none
   */
  public static int headerError(boolean ipv6, int length, int first) {
    if (ipv6) {
      return first >> 4 == 6 ? 0 : Errno.EINVAL;
    }
    int header = (first & 0xF) * 4;
    return first >> 4 == 4 && header >= IPV4_HEADER && header <= length ? 0 : Errno.EINVAL;
  }

  /**
   * Whether an IPv6 destination means one only together with an interface: fe80::/10, ff01::/16 and ff02::/16.
   *
   * @param first its first octet, unsigned
   * @param second its second octet, signed or not
   */
  public static boolean isLinkLocal(int first, int second) {
    return first == 0xFE && (second & 0xC0) == 0x80 || first == 0xFF && ((second & 0xF) == 1 || (second & 0xF) == 2);
  }
}
