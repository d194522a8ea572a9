package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pktlab.transport.parts.KernelSendTimes;
import org.pktlab.transport.parts.RawHeaders;

/**
 * Packets that wait for the next system call, copied one after the other into native memory. It grows by blocks, so that no packet moves; how much it holds is
 * bounded by its user, who charges for what is queued. Emptied as a whole.
 */
final class SendQueue {
  private static final int BLOCK = 262_144;
  private static final int SLOTS = 256;
  private static final int MOST_IDLE_SLOTS = 65_536;

  private MemorySegment first;
  private MemorySegment block;
  private ByteBuffer view;
  private long[] addresses = new long[SLOTS];
  private int[] lengths = new int[SLOTS];
  private MemorySegment[] blocks = new MemorySegment[SLOTS];
  private boolean[] timed = new boolean[SLOTS];
  private int count;
  private int timedCount;

  int count() {
    return count;
  }

  /**
   * Takes a packet; one that no system call would take is remembered by its length alone.
   *
   * @param wantsTime whether it is to be known when it left
   */
  void add(ByteBuffer packet, boolean wantsTime) {
    int length = packet.remaining();
    if (count == lengths.length) {
      addresses = Arrays.copyOf(addresses, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
      blocks = Arrays.copyOf(blocks, 2 * count);
      timed = Arrays.copyOf(timed, 2 * count);
    }
    lengths[count] = length;
    timed[count] = wantsTime;
    timedCount += wantsTime ? 1 : 0;
    if (length <= RawHeaders.LONGEST) {
      reserve(length);
      addresses[count] = block.address() + view.position();
      blocks[count] = block;
      view.put(packet);
    } else {
      packet.position(packet.limit());
    }
    count++;
  }

  private void reserve(int length) {
    if (block == null) {
      block = Arena.ofAuto().allocate(BLOCK, 8);
      first = block;
      view = block.asByteBuffer();
    } else if (view.remaining() < length) {
      block = Arena.ofAuto().allocate(BLOCK, 8);
      view = block.asByteBuffer();
    }
  }

  long address(int index) {
    return addresses[index];
  }

  int length(int index) {
    return lengths[index];
  }

  /** Whether these packets are a burst whose times are wanted, of which not every packet is asked for. */
  boolean isTimedBurst() {
    return timedCount == count && KernelSendTimes.isBurst(count);
  }

  /** Whether the kernel is to be asked when it left. */
  boolean isTimed(int index) {
    return timed[index] && (!isTimedBurst() || KernelSendTimes.isAsked(index, count));
  }

  /** An octet of a packet's content, unsigned. */
  int octet(int index, int offset) {
    return blocks[index].get(JAVA_BYTE, addresses[index] - blocks[index].address() + offset) & 0xFF;
  }

  /** Copies a part of a packet's content. */
  void copy(int index, int offset, MemorySegment to, long at, int octets) {
    MemorySegment.copy(blocks[index], addresses[index] - blocks[index].address() + offset, to, at, octets);
  }

  void clear() {
    if (count > MOST_IDLE_SLOTS) {
      addresses = new long[SLOTS];
      lengths = new int[SLOTS];
      blocks = new MemorySegment[SLOTS];
      timed = new boolean[SLOTS];
    }
    if (block != first) {
      Arrays.fill(blocks, 0, Math.min(count, blocks.length), null); // lets go of all blocks but the first
      block = first;
      view = block.asByteBuffer();
    }
    if (block != null) {
      view.clear();
    }
    count = 0;
    timedCount = 0;
  }
}
