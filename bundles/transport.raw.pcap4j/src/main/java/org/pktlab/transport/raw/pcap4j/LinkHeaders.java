package org.pktlab.transport.raw.pcap4j;

import java.nio.ByteBuffer;

/** Finds where the network layer begins in what libpcap captured, by the kind of link. */
final class LinkHeaders {
  static final int NULL = 0;
  static final int ETHERNET = 1;
  static final int RAW = 12;
  static final int RAW_OF_FILES = 101;
  static final int LOOP = 108;
  static final int LINUX_COOKED = 113;
  static final int LINUX_COOKED_2 = 276;

  private static final int ETHERNET_TYPE = 12;
  private static final int TYPE_OCTETS = 2;
  private static final int TAG_OCTETS = 4;

  private LinkHeaders() {}

  static boolean isKnown(int link) {
    return switch (link) {
      case NULL, ETHERNET, RAW, RAW_OF_FILES, LOOP, LINUX_COOKED, LINUX_COOKED_2 -> true;
      default -> false;
    };
  }

  /**
   * Octets before the network layer, VLAN tags included; -1 when the frame is too short to tell, or the link is not known.
   *
   * @param frame octets from index 0 on
   * @param captured how many
   */
  static int length(int link, ByteBuffer frame, int captured) {
    int length =
        switch (link) {
          case RAW, RAW_OF_FILES -> 0;
          case NULL, LOOP -> 4;
          case LINUX_COOKED -> 16;
          case LINUX_COOKED_2 -> 20;
          case ETHERNET -> behindTags(frame, captured);
          default -> -1;
        };
    return length <= captured ? length : -1;
  }

  private static int behindTags(ByteBuffer frame, int captured) {
    int at = ETHERNET_TYPE;
    while (at + TYPE_OCTETS <= captured) {
      int type = (frame.get(at) & 0xFF) << 8 | frame.get(at + 1) & 0xFF;
      if (type != 0x8100 && type != 0x88A8 && type != 0x9100) {
        return at + TYPE_OCTETS;
      }
      at += TAG_OCTETS;
    }
    return -1;
  }
}
