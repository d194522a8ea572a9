package org.pktlab.protocol;

import java.util.HexFormat;

/** The bounds of message fields, for callers' mistakes; what comes from the network is judged by {@link FrameRules}. */
final class Check {
  private static final int SHOWN_OCTETS = 32;

  private Check() {}

  /** Give it constant words only: they are made whether the condition holds or not. */
  static void that(boolean good, String otherwise) {
    if (!good) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  static void u8(String name, int value) {
    if (value < 0 || value > 0xFF) {
      throw new IllegalArgumentException(name + " must be 0 to 255, not " + value);
    }
  }

  static void u16(String name, int value) {
    if (value < 0 || value > 0xFFFF) {
      throw new IllegalArgumentException(name + " must be 0 to 65535, not " + value);
    }
  }

  static void u32(String name, long value) {
    if (value < 0 || value > 0xFFFFFFFFL) {
      throw new IllegalArgumentException(name + " must be 0 to 4294967295, not " + value);
    }
  }

  static void socket(int sktid, int family, int proto) {
    u8("sktid", sktid);
    u8("family", family);
    u8("proto", proto);
  }

  /** The length of a whole body, as a long so that sums cannot overflow. */
  static void body(long length) {
    if (length < 0 || length > Frame.MAX_BODY) {
      throw new IllegalArgumentException("a body holds 0 to " + Frame.MAX_BODY + " octets, not " + length);
    }
  }

  static void range(long addr, long length) {
    u32("addr", addr);
    that(addr + length <= MemoryMap.MAX_ADDRESS, "addr + length must not exceed 0xffffffff");
  }

  static void latin1(String name, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        throw new IllegalArgumentException(name + " has a character that does not fit one octet, at " + i);
      }
    }
  }

  static void addressOf(int family, byte[] address, String name) {
    that(Family.isKnown(family), "family must be 4 or 6");
    if (address.length != Family.addressLength(family)) {
      throw new IllegalArgumentException(name + " must have " + Family.addressLength(family) + " octets, not " + address.length);
    }
  }

  /** The remote end of nsend and ndata: there for UDP, absent otherwise. */
  static void peer(int family, int proto, byte[] raddr, int rport) {
    that(Protocol.isKnown(proto), "proto must be 0, 6 or 17");
    u16("rport", rport);
    if (proto == Protocol.UDP) {
      that(raddr != null, "UDP needs raddr");
      addressOf(family, raddr, "raddr");
    } else {
      that(raddr == null && rport == 0, "only UDP carries raddr and rport");
    }
  }

  /** Octets for people: hexadecimal, cut after a few. */
  static String show(byte[] octets) {
    if (octets == null) {
      return "none";
    }
    int shown = Math.min(octets.length, SHOWN_OCTETS);
    String hex = HexFormat.of().formatHex(octets, 0, shown);
    return shown == octets.length ? hex : hex + "...(" + octets.length + " octets)";
  }
}
