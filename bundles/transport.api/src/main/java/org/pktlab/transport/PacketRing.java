package org.pktlab.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded queue of packets from one thread to another, without locks and without allocation per packet. A packet lies in one piece: octets 0 to 3 its length, 4 to 7
 * the round it belongs to, 8 to 15 its time, then its data, padded to 8. A length of -1 says that the rest of the memory is skipped.
 */
final class PacketRing {
  static final int HEADER = 16;

  private static final int ALIGNMENT = 8;
  private static final int SKIP = -1;

  private final int capacity;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong filled = new AtomicLong();

  /** Written by the filling thread before the first packet is told of; memory is claimed when the first packet comes. */
  private ByteBuffer memory;

  private ByteBuffer fillView;
  private long takenSeen;

  private ByteBuffer takeView;
  private int packet;

  PacketRing(int octets) {
    capacity = octets & -ALIGNMENT;
  }

  // ------------------------------------------------------------------------------------------------ the filling thread

  /** Adds a packet; false when there is no room. */
  boolean fill(int round, ByteBuffer from, int offset, int length, long timeNs) {
    if (fillView == null) {
      memory = ByteBuffer.allocateDirect(capacity);
      fillView = memory.duplicate();
    }
    int size = HEADER + length + ALIGNMENT - 1 & -ALIGNMENT;
    long end = filled.getPlain();
    int at = (int) (end % capacity);
    int skipped = capacity - at < size ? capacity - at : 0;
    if (!hasRoom(end, skipped + size)) {
      return false;
    }
    if (skipped > 0) {
      fillView.putInt(at, SKIP);
      at = 0;
    }
    fillView.putInt(at, length).putInt(at + 4, round).putLong(at + 8, timeNs).put(at + HEADER, from, offset, length);
    filled.setRelease(end + skipped + size);
    return true;
  }

  private boolean hasRoom(long end, int size) {
    if (end + size - takenSeen <= capacity) {
      return true;
    }
    takenSeen = taken.getAcquire();
    return end + size - takenSeen <= capacity;
  }

  // ------------------------------------------------------------------------------------------------ the taking thread

  /** Whether there is a packet. Any thread. */
  boolean isEmpty() {
    return taken.getAcquire() == filled.getAcquire();
  }

  /** Looks at the oldest packet; false when there is none. It stays until {@link #take()}. */
  boolean peek() {
    long start = taken.getPlain();
    if (start == filled.getAcquire()) {
      return false;
    }
    if (takeView == null) {
      takeView = memory.duplicate();
    }
    packet = (int) (start % capacity);
    if (takeView.getInt(packet) == SKIP) {
      taken.setRelease(start + capacity - packet);
      packet = 0; // a skip is told of together with the packet that follows it
    }
    return true;
  }

  int round() {
    return takeView.getInt(packet + 4);
  }

  long timeNs() {
    return takeView.getLong(packet + 8);
  }

  int length() {
    return takeView.getInt(packet);
  }

  /** The data of the packet, from position to limit; valid until {@link #take()}. */
  ByteBuffer data(ByteBuffer reused) {
    ByteBuffer data = reused == null ? memory.duplicate() : reused;
    int start = packet + HEADER;
    return data.limit(start + length()).position(start);
  }

  /** Gives the memory of the packet back. */
  void take() {
    int size = HEADER + length() + ALIGNMENT - 1 & -ALIGNMENT;
    taken.setRelease(taken.getPlain() + size);
  }
}
