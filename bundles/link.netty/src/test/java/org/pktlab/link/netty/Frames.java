package org.pktlab.link.netty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;

/** Frames for tests. */
final class Frames {
  private Frames() {}

  /** A frame with this body. */
  static byte[] of(int type, byte[] body) {
    return ByteBuffer.allocate(4 + body.length).putInt(type << 24 | body.length).put(body).array();
  }

  /** A frame with a body of pseudo-random octets. */
  static byte[] random(int type, int length, long seed) {
    byte[] body = new byte[length];
    new Random(seed).nextBytes(body);
    return of(type, body);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
