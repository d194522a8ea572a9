package org.pktlab.bench.mlets;

import java.nio.ByteBuffer;

/** Datagrams that tell the receiver which they are: sequence number (4 octets), round (4 octets), due time (8 octets), all big-endian, and padding. */
final class Marked {
  /** The least length, octets. */
  static final int LENGTH = 16;

  private Marked() {}

  /** Fills the buffer, from its beginning to its capacity, and leaves it ready to be sent. */
  static ByteBuffer fill(ByteBuffer datagram, int sequence, int round, long dueNs) {
    datagram.clear();
    datagram.putInt(0, sequence).putInt(4, round).putLong(8, dueNs);
    return datagram;
  }
}
