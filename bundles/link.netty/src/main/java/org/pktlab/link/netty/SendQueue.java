package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;

/** Plain frames that wait to be sealed into records, in order. A frame lies in one piece of memory. Not for several threads. */
final class SendQueue {
  private static final int SMALL_CHUNK = 1024;

  /** Frames are put together in one chunk up to this many octets. */
  private static final int FULL_CHUNK = 32 * 1024;

  private final ByteBufAllocator allocator;
  private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>();

  // A ring of the frames in the chunks: octets not sealed yet, and the token, if there is one.
  private int[] rest = new int[8];
  private long[] tokens = new long[8];
  private boolean[] wanted = new boolean[8];
  private int head;
  private int count;

  SendQueue(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Appends what remains in both parts as one frame, or as the rest of one. */
  void append(ByteBuffer first, ByteBuffer second, boolean tokenWanted, long token) {
    int length = first.remaining() + second.remaining();
    ByteBuf chunk = chunks.peekLast();
    if (chunk == null || chunk.writerIndex() + length > FULL_CHUNK) {
      chunk = allocator.heapBuffer(Math.max(length, chunk == null ? SMALL_CHUNK : FULL_CHUNK));
      chunks.add(chunk);
    }
    chunk.writeBytes(first).writeBytes(second);
    if (count == rest.length) {
      grow();
    }
    int at = head + count & rest.length - 1;
    rest[at] = length;
    tokens[at] = token;
    wanted[at] = tokenWanted;
    count++;
  }

  private void grow() {
    int size = rest.length;
    int[] restInOrder = new int[2 * size];
    long[] tokensInOrder = new long[2 * size];
    boolean[] wantedInOrder = new boolean[2 * size];
    for (int i = 0; i < count; i++) {
      int at = head + i & size - 1;
      restInOrder[i] = rest[at];
      tokensInOrder[i] = tokens[at];
      wantedInOrder[i] = wanted[at];
    }
    rest = restInOrder;
    tokens = tokensInOrder;
    wanted = wantedInOrder;
    head = 0;
  }

  /** The octets of the first frame that are not sealed yet. */
  ByteBuffer frame() {
    ByteBuf chunk = chunks.peekFirst();
    return chunk.internalNioBuffer(chunk.readerIndex(), rest[head]);
  }

  /** The octets of the first frame, and of those behind it that lie in the same memory. */
  ByteBuffer frames() {
    ByteBuf chunk = chunks.peekFirst();
    return chunk.internalNioBuffer(chunk.readerIndex(), chunk.readableBytes());
  }

  /** Whether {@link #frames()} is everything. */
  boolean isOneChunk() {
    return chunks.size() == 1;
  }

  /** Removes octets that were sealed into the batch; tokens of frames that end in them go to the batch. */
  void sealed(int octets, SealedBatch batch) {
    ByteBuf chunk = chunks.peekFirst();
    chunk.skipBytes(octets);
    int left = octets;
    while (left > 0) {
      int part = Math.min(left, rest[head]);
      rest[head] -= part;
      left -= part;
      if (rest[head] == 0) {
        if (wanted[head]) {
          batch.token(tokens[head]);
        }
        head = head + 1 & rest.length - 1;
        count--;
      }
    }
    if (!chunk.isReadable()) {
      chunks.removeFirst().release();
    }
  }

  void release() {
    chunks.forEach(ByteBuf::release);
    chunks.clear();
    count = 0;
    Arrays.fill(rest, 0);
  }
}
