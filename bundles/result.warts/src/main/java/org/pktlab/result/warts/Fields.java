package org.pktlab.result.warts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects flags and parameters of one structure (warts(5), "Flags and parameters"): flag octets of seven flags each, the length of what
 * follows, the parameters by the numbers of their flags. Numbers are big-endian.
 */
final class Fields {
  private static final int FLAGS_IN_OCTET = 7;
  private static final int LINK = 0x80;

  /** Addresses of a record: each is defined once and referred to afterwards. */
  static final class Addresses {
    private final Map<InetAddress, Integer> known = new HashMap<>();

    private byte[] embedded(InetAddress address) {
      Integer number = known.putIfAbsent(address, known.size());
      if (number != null) {
        return new byte[] {0, (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) (int) number};
      }
      byte[] octets = address.getAddress();
      byte[] defined = new byte[2 + octets.length];
      defined[0] = (byte) octets.length;
      defined[1] = (byte) (octets.length == 4 ? 1 : 2);
      System.arraycopy(octets, 0, defined, 2, octets.length);
      return defined;
    }
  }

  private final Addresses addresses;
  private final TreeMap<Integer, byte[]> parameters = new TreeMap<>();

  Fields(Addresses addresses) {
    this.addresses = addresses;
  }

  private static byte[] number(long value, int octets) {
    byte[] out = new byte[octets];
    for (int i = 0; i < octets; i++) {
      out[i] = (byte) (value >>> 8 * (octets - 1 - i));
    }
    return out;
  }

  /** A number of 8 bits; larger ones count as the largest. */
  Fields u8(int flag, long value) {
    parameters.put(flag, number(Math.max(0, Math.min(0xFF, value)), 1));
    return this;
  }

  /** A number of 16 bits; larger ones count as the largest. */
  Fields u16(int flag, long value) {
    parameters.put(flag, number(Math.max(0, Math.min(0xFFFF, value)), 2));
    return this;
  }

  /** A number of 32 bits; larger ones count as the largest. */
  Fields u32(int flag, long value) {
    parameters.put(flag, number(Math.max(0, Math.min(0xFFFFFFFFL, value)), 4));
    return this;
  }

  /** A time, kept in microseconds. */
  Fields time(int flag, long ns) {
    long us = Math.floorDiv(ns, 1_000L);
    parameters.put(flag, number(Math.floorDiv(us, 1_000_000L) << 32 | Math.floorMod(us, 1_000_000L), 8));
    return this;
  }

  /** An address. Addresses of a structure are added in the order of their flags. */
  Fields address(int flag, String text) throws IOException {
    // An address as text: never looked up.
    parameters.put(flag, addresses.embedded(InetAddress.getByName(text)));
    return this;
  }

  /** Text with a zero behind it. */
  static byte[] text(String text) {
    return (text + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  byte[] encode() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    parameters.values().forEach(body::writeBytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (parameters.isEmpty()) {
      out.write(0);
      return out.toByteArray();
    }
    int last = (parameters.lastKey() - 1) / FLAGS_IN_OCTET;
    for (int i = 0; i <= last; i++) {
      int flags = i < last ? LINK : 0;
      for (int bit = 0; bit < FLAGS_IN_OCTET; bit++) {
        flags |= parameters.containsKey(i * FLAGS_IN_OCTET + bit + 1) ? 1 << bit : 0;
      }
      out.write(flags);
    }
    out.writeBytes(number(body.size(), 2));
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }

  /** A record: header, then the parts. */
  static byte[] record(int type, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(8 + length);
    out.writeBytes(new byte[] {0x12, 0x05, 0, (byte) type});
    out.writeBytes(number(length, 4));
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
