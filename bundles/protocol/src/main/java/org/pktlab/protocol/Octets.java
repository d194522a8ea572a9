package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Big-endian integers at absolute offsets, independent of the buffer's own byte order. */
final class Octets {
  private Octets() {}

  static int u8(ByteBuffer b, int at) {
    return b.get(at) & 0xFF;
  }

  static int u16(ByteBuffer b, int at) {
    short v = b.getShort(at);
    return (isBig(b) ? v : Short.reverseBytes(v)) & 0xFFFF;
  }

  static int u24(ByteBuffer b, int at) {
    return u8(b, at) << 16 | u8(b, at + 1) << 8 | u8(b, at + 2);
  }

  static long u32(ByteBuffer b, int at) {
    int v = b.getInt(at);
    return (isBig(b) ? v : Integer.reverseBytes(v)) & 0xFFFFFFFFL;
  }

  static long u64(ByteBuffer b, int at) {
    long v = b.getLong(at);
    return isBig(b) ? v : Long.reverseBytes(v);
  }

  static byte[] copy(ByteBuffer b, int at, int length) {
    byte[] octets = new byte[length];
    b.get(at, octets);
    return octets;
  }

  static void putU8(ByteBuffer b, int at, int value) {
    b.put(at, (byte) value);
  }

  static void putU16(ByteBuffer b, int at, int value) {
    short v = (short) value;
    b.putShort(at, isBig(b) ? v : Short.reverseBytes(v));
  }

  static void putU24(ByteBuffer b, int at, int value) {
    b.put(at, (byte) (value >>> 16));
    b.put(at + 1, (byte) (value >>> 8));
    b.put(at + 2, (byte) value);
  }

  static void putU32(ByteBuffer b, int at, long value) {
    int v = (int) value;
    b.putInt(at, isBig(b) ? v : Integer.reverseBytes(v));
  }

  static void putU64(ByteBuffer b, int at, long value) {
    b.putLong(at, isBig(b) ? value : Long.reverseBytes(value));
  }

  private static boolean isBig(ByteBuffer b) {
    return b.order() == ByteOrder.BIG_ENDIAN;
  }
}
