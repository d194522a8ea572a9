package org.pktlab.protocol;

/** Address families on the wire and in memory: one octet (protocol specification, section 1). */
public final class Family {
  /** IPv4, addresses of 4 octets. */
  public static final int IPV4 = 4;

  /** IPv6, addresses of 16 octets. */
  public static final int IPV6 = 6;

  /** Octets of an IPv4 address. */
  public static final int IPV4_LENGTH = 4;

  /** Octets of an IPv6 address. */
  public static final int IPV6_LENGTH = 16;

  private Family() {}

  /** Whether the octet is one of the two families. */
  public static boolean isKnown(int family) {
    return family == IPV4 || family == IPV6;
  }

  /**
   * The octets of an address of this family: 4 or 16.
   *
   * @throws IllegalArgumentException if the family is neither {@link #IPV4} nor {@link #IPV6}
   */
  public static int addressLength(int family) {
    if (family == IPV4) {
      return IPV4_LENGTH;
    }
    if (family == IPV6) {
      return IPV6_LENGTH;
    }
    throw new IllegalArgumentException("no address family " + family);
  }

  /** "IPv4", "IPv6" or "family N". */
  public static String name(int family) {
    return isKnown(family) ? "IPv" + family : "family " + family;
  }
}
