package org.pktlab.endpoint.core;

/**
 * What to account for when an ndata frame has left, packed into the token of a link's write: socket (8 bits), generation of the slot (16 bits), overhead charged
 * (8 bits), data octets (32 bits). A packed number rather than an object, because every received packet needs one.
 */
final class SentToken {
  private SentToken() {}

  static long of(int sktid, int generation, int overhead, int octets) {
    return (long) sktid << 56 | (generation & 0xFFFFL) << 40 | (long) overhead << 32 | octets & 0xFFFFFFFFL;
  }

  static int sktid(long token) {
    return (int) (token >>> 56);
  }

  static int generation(long token) {
    return (int) (token >>> 40) & 0xFFFF;
  }

  static int overhead(long token) {
    return (int) (token >>> 32) & 0xFF;
  }

  static int octets(long token) {
    return (int) token;
  }
}
