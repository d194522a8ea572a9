package org.pktlab.protocol;

/** Kinds of sockets on the wire and in memory: one octet (protocol specification, section 1). */
public final class Protocol {
  /** Whole packets from the network-layer header on. */
  public static final int RAW = 0;

  /** A TCP connection. */
  public static final int TCP = 6;

  /** UDP datagrams. */
  public static final int UDP = 17;

  private Protocol() {}

  /** Whether the octet is one of the three kinds. */
  public static boolean isKnown(int proto) {
    return proto == RAW || proto == TCP || proto == UDP;
  }

  /** "raw", "TCP", "UDP" or "protocol N". */
  public static String name(int proto) {
    return switch (proto) {
      case RAW -> "raw";
      case TCP -> "TCP";
      case UDP -> "UDP";
      default -> "protocol " + proto;
    };
  }
}
