package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Cuts the octets that a TLS engine decrypts into frames (protocol specification, section 2.2). The engine decrypts straight into the
 * buffer given by {@link #room}; frames are handed out where they lie. While records are being opened that buffer is scratch memory shared
 * by all links of a loop; only the part of a frame that waits for more octets is kept in memory of the link's own, which grows with what
 * arrived and never with what a header announces. Not for several threads.
 */
final class FrameAssembler {
  /** Octets of the scratch memory of a loop. */
  static final int SCRATCH = 256 * 1024;

  /** Octets in front of a body. */
  static final int HEADER = 4;

  /** A remainder up to this long is moved to the scratch memory rather than enlarged where it is. */
  private static final int CHEAP_MOVE = 16 * 1024;

  /** How much more than it holds a link may reserve for a frame that is under way. */
  private static final int GROWTH = 4;

  private final int maxBody;
  private final ByteBuffer scratch;
  private final ByteBufAllocator allocator;

  private ByteBuffer scratchView;
  private ByteBuf own;
  private ByteBuffer memory;
  private ByteBuffer view;
  private int start;
  private int end;
  private int limit;

  /** Receives frames. */
  interface Receiver {
    /**
     * Takes one frame.
     *
     * @return false to get no more for now
     */
    boolean frame(ByteBuffer buffer, int offset, int length);
  }

  /** A header announces a body longer than allowed. */
  static final class TooLongException extends Exception {
    private static final long serialVersionUID = 1L;

    TooLongException(int body, int maxBody) {
      super("a frame with a body of " + body + " octets, where " + maxBody + " are allowed", null, false, false);
    }
  }

  /**
   * Makes an assembler without own memory.
   *
   * @param maxBody longest body taken, octets
   * @param scratch heap memory of {@link #SCRATCH} octets, which belongs to this assembler from the first {@link #room} to {@link #settle}
   */
  FrameAssembler(int maxBody, ByteBuffer scratch, ByteBufAllocator allocator) {
    this.maxBody = maxBody;
    this.scratch = scratch;
    this.allocator = allocator;
  }

  /**
   * Returns the memory to put the next octets in, from its position on: at least {@code need} octets, of which there may be {@code SCRATCH
   * / 4}.
   */
  ByteBuffer room(int need) {
    if (memory == null) {
      useScratch(0);
    } else if (limit - end < need) {
      makeRoom(need);
    }
    return memory.limit(limit).position(end);
  }

  private void makeRoom(int need) {
    int held = end - start;
    if (own == null && held + need <= scratch.capacity()) {
      System.arraycopy(scratch.array(), start, scratch.array(), 0, held);
      start = 0;
      end = held;
    } else if (own != null && held <= CHEAP_MOVE) {
      System.arraycopy(memory.array(), start, scratch.array(), 0, held);
      own.release();
      useScratch(held);
    } else {
      keep(need);
    }
  }

  /** Tells that so many octets were put. */
  void received(int octets) {
    end += octets;
  }

  /** Hands out whole frames until there is none or the receiver has enough. */
  void deliver(Receiver receiver) throws TooLongException {
    while (end - start >= HEADER) {
      int header = view.getInt(start);
      int body = header & 0xFFFFFF;
      if (body > maxBody) {
        throw new TooLongException(body, maxBody);
      }
      int length = HEADER + body;
      if (end - start < length) {
        return;
      }
      int offset = start;
      start += length;
      boolean more = receiver.frame(view, offset, length);
      // What the receiver did to the borrowed buffer must not reach the next frame.
      if (view != null) {
        view.clear().order(ByteOrder.BIG_ENDIAN);
      }
      if (!more) {
        return;
      }
    }
  }

  /** Gives the scratch memory back: what is left of a frame moves to own memory. */
  void settle() {
    if (memory == null) {
      return;
    }
    if (start == end) {
      release();
    } else if (own == null || own.capacity() > GROWTH * held() + CHEAP_MOVE) {
      keep(0);
    }
  }

  /** Moves what is held to fresh memory that can take {@code need} octets more. */
  private void keep(int need) {
    int held = end - start;
    long wanted = Math.min((long) frameLength() + need, (long) GROWTH * held);
    int capacity = (int) Math.max((long) held + need, wanted);
    ByteBuf fresh = allocator.heapBuffer(capacity, capacity);
    System.arraycopy(memory.array(), start, fresh.array(), fresh.arrayOffset(), held);
    if (own != null) {
      own.release();
    }
    ByteBuffer whole = ByteBuffer.wrap(fresh.array());
    use(fresh, whole, whole.duplicate(), fresh.arrayOffset(), held);
    limit = start + capacity;
  }

  private void useScratch(int held) {
    if (scratchView == null) {
      scratchView = scratch.duplicate();
    }
    use(null, scratch, scratchView, 0, held);
    limit = scratch.capacity();
  }

  private int frameLength() {
    return end - start < HEADER ? HEADER : HEADER + Math.min(maxBody, view.getInt(start) & 0xFFFFFF);
  }

  private void use(ByteBuf owner, ByteBuffer where, ByteBuffer shown, int from, int held) {
    own = owner;
    memory = where;
    view = shown.clear().order(ByteOrder.BIG_ENDIAN);
    start = from;
    end = from + held;
  }

  /** Forgets everything and gives all memory back. */
  void release() {
    if (own != null) {
      own.release();
      own = null;
    }
    memory = null;
    view = null;
    start = 0;
    end = 0;
    limit = 0;
  }

  /** Octets received and not handed out. */
  int held() {
    return end - start;
  }

  /** Octets of memory of its own. */
  int ownMemory() {
    return own == null ? 0 : own.capacity();
  }
}
