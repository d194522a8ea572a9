package org.pktlab.mlet.packet;

import java.net.InetAddress;

/** Addresses as results show them: dotted quads, and IPv6 as RFC 5952 recommends. */
public final class AddressText {
  private static final int GROUPS = 8;

  private AddressText() {}

  /** The text of an address; a scope is left out. */
  public static String of(InetAddress address) {
    byte[] octets = address.getAddress();
    return octets.length == 4 ? address.getHostAddress() : ipv6(octets);
  }

  /** Lower case, no leading zeros, the first longest run of two or more zero groups shortened. */
  private static String ipv6(byte[] octets) {
    int shortened = -1;
    int run = 1;
    for (int i = 0; i < GROUPS; i++) {
      int length = 0;
      while (i + length < GROUPS && group(octets, i + length) == 0) {
        length++;
      }
      if (length > run) {
        shortened = i;
        run = length;
      }
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < GROUPS; i++) {
      if (i == shortened) {
        text.append("::");
        i += run - 1;
      } else {
        if (i > 0 && i != shortened + run) {
          text.append(':');
        }
        text.append(Integer.toHexString(group(octets, i)));
      }
    }
    return text.toString();
  }

  private static int group(byte[] octets, int index) {
    return (octets[2 * index] & 0xFF) << 8 | octets[2 * index + 1] & 0xFF;
  }
}
