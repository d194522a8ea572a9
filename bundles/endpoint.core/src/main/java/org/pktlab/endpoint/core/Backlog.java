package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Whole ndata frames of one socket that wait until the link has room, in order. They lie one behind the other in blocks that are used again, not as objects of their
 * own. Bounded by what frames are charged for before they come here. Owned by the session's loop.
 */
final class Backlog {
  private static final int BLOCK = 64 << 10;

  private static final int TOKEN = 0;
  private static final int LENGTH = 8;
  private static final int FRAME = 12;

  /** From position 0 to its position, a block holds records: token (8 octets), length (4) and frame. */
  private final ArrayDeque<ByteBuffer> blocks = new ArrayDeque<>();

  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
  private int read;

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  /** Adds a frame in two parts, which are copied. */
  void add(ByteBuffer head, ByteBuffer data, long token) {
    int length = head.remaining() + data.remaining();
    ByteBuffer block = blocks.peekLast();
    if (block == null || block.remaining() < FRAME + length) {
      block = block(FRAME + length);
      blocks.add(block);
    }
    block.putLong(token).putInt(length).put(head).put(data);
  }

  private ByteBuffer block(int size) {
    ByteBuffer used = size <= BLOCK ? spare.poll() : null;
    return used != null ? used.clear() : ByteBuffer.allocate(Math.max(BLOCK, size));
  }

  /** The token of the oldest frame. */
  long token() {
    return blocks.element().getLong(read + TOKEN);
  }

  /** The oldest frame; valid until something is added or removed. */
  ByteBuffer frame() {
    ByteBuffer block = blocks.element();
    return block.slice(read + FRAME, block.getInt(read + LENGTH));
  }

  /** Removes the oldest frame. */
  void remove() {
    ByteBuffer block = blocks.element();
    read += FRAME + block.getInt(read + LENGTH);
    if (read == block.position()) {
      read = 0;
      blocks.remove();
      if (blocks.isEmpty()) {
        spare.clear(); // a socket that is not behind keeps no more than one
      }
      if (block.capacity() == BLOCK) {
        spare.add(block);
      }
    }
  }
}
