package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An array of {@code struct mmsghdr} with one {@code struct iovec} each, and room for an address and for control messages where wanted. */
final class Messages {
  /** Messages of one system call: more of them make it no faster. */
  static final int COUNT = 64;

  /** Room for a control message of 4 octets. */
  static final int CONTROL_SPACE = 24;

  private static final int MESSAGE = 64;
  private static final int VECTOR = 16;
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 8;
  private static final int VECTORS = 16;
  private static final int VECTOR_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int LENGTH = 56;
  private static final int CONTROL_HEADER = 16;

  private final MemorySegment messages;
  private final MemorySegment vectors;
  private final MemorySegment names;
  private final MemorySegment controls;
  private final int nameSize;
  private final int controlSize;

  /**
   * @param nameSize octets of an address, 0 for none
   * @param controlSize octets of control messages, 0 for none; a multiple of 8
   */
  Messages(Arena arena, int nameSize, int controlSize) {
    this.nameSize = nameSize;
    this.controlSize = controlSize;
    messages = arena.allocate((long) MESSAGE * COUNT, 8);
    vectors = arena.allocate((long) VECTOR * COUNT, 8);
    names = arena.allocate(Math.max(8, (long) nameSize * COUNT), 8);
    controls = arena.allocate(Math.max(8, (long) controlSize * COUNT), 8);
    for (int i = 0; i < COUNT; i++) {
      long at = (long) i * MESSAGE;
      messages.set(ADDRESS, at + VECTORS, vectors.asSlice((long) i * VECTOR));
      messages.set(JAVA_LONG, at + VECTOR_COUNT, 1);
      if (nameSize > 0) {
        messages.set(ADDRESS, at + NAME, names.asSlice((long) i * nameSize));
        messages.set(JAVA_INT, at + NAME_LENGTH, nameSize);
      }
      if (controlSize > 0) {
        messages.set(ADDRESS, at + CONTROL, controls.asSlice((long) i * controlSize));
      }
    }
    resetControls(COUNT);
  }

  MemorySegment segment() {
    return messages;
  }

  /** Where the data of a message lie. */
  void data(int index, long address, long length) {
    vectors.set(JAVA_LONG, (long) index * VECTOR, address);
    vectors.set(JAVA_LONG, (long) index * VECTOR + 8, length);
  }

  /** The memory of all addresses; that of one begins at its index times their size. */
  MemorySegment names() {
    return names;
  }

  long nameOffset(int index) {
    return (long) index * nameSize;
  }

  /** Octets that a receiving call put into a message. */
  int length(int index) {
    return messages.get(JAVA_INT, (long) index * MESSAGE + LENGTH);
  }

  /** Offers the room for control messages anew: the system has written over how much there is. */
  void resetControls(int count) {
    for (int i = 0; i < count; i++) {
      messages.set(JAVA_LONG, (long) i * MESSAGE + CONTROL_LENGTH, controlSize);
    }
  }

  /** Writes the one control message of a message that is to be sent. */
  void presetControl(int index, int level, int type, int value) {
    long at = (long) index * controlSize;
    controls.set(JAVA_LONG, at, CONTROL_HEADER + 4);
    controls.set(JAVA_INT, at + 8, level);
    controls.set(JAVA_INT, at + 12, type);
    controls.set(JAVA_INT, at + CONTROL_HEADER, value);
  }

  /** Says whether the control message goes with the message. */
  void hasControl(int index, boolean included) {
    messages.set(JAVA_LONG, (long) index * MESSAGE + CONTROL_LENGTH, included ? controlSize : 0);
  }

  MemorySegment controls() {
    return controls;
  }

  /** The offset in {@link #controls()} of the data of a control message of the given kind that came with a message; -1 when there is none. */
  long control(int index, int level, int type) {
    long at = (long) index * controlSize;
    long end = at + messages.get(JAVA_LONG, (long) index * MESSAGE + CONTROL_LENGTH);
    while (end - at >= CONTROL_HEADER) {
      long length = controls.get(JAVA_LONG, at);
      if (length < CONTROL_HEADER) {
        return -1;
      }
      if (controls.get(JAVA_INT, at + 8) == level && controls.get(JAVA_INT, at + 12) == type) {
        return at + CONTROL_HEADER;
      }
      at += length + 7 & -8L;
    }
    return -1;
  }
}
