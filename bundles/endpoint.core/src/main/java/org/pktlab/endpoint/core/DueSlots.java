package org.pktlab.endpoint.core;

import org.pktlab.protocol.MemoryMap;

/**
 * Which sockets of a session have something to do at a time, earliest first; at equal times, whose packet came first. A heap with a place for each slot: setting one
 * costs the logarithm of how many wait, and nothing is allocated. Owned by the session's loop.
 */
final class DueSlots {
  private final int[] heap = new int[MemoryMap.SOCKET_COUNT];
  private final int[] placeOf = new int[MemoryMap.SOCKET_COUNT]; // its place in the heap plus one; 0 for none
  private final long[] dueNs = new long[MemoryMap.SOCKET_COUNT];
  private final long[] order = new long[MemoryMap.SOCKET_COUNT];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /** The earliest time, unsigned. Not when empty. */
  long firstNs() {
    return dueNs[heap[0]];
  }

  /** Takes out the slot that is first. Not when empty. */
  int poll() {
    int first = heap[0];
    remove(first);
    return first;
  }

  /** Puts a slot in, or elsewhere. */
  void set(int sktid, long timeNs, long itsOrder) {
    remove(sktid);
    dueNs[sktid] = timeNs;
    order[sktid] = itsOrder;
    place(size++, sktid);
    up(size - 1);
  }

  /** Puts a slot in, or nearer; one that comes first already stays where it is. */
  void hasten(int sktid, long timeNs, long itsOrder) {
    if (placeOf[sktid] == 0 || isBefore(timeNs, itsOrder, sktid)) {
      set(sktid, timeNs, itsOrder);
    }
  }

  /** Takes a slot out; nothing happens when it is not in. */
  void remove(int sktid) {
    int place = placeOf[sktid] - 1;
    if (place < 0) {
      return;
    }
    placeOf[sktid] = 0;
    int last = heap[--size];
    if (place < size) {
      place(place, last);
      up(place);
      down(placeOf[last] - 1);
    }
  }

  /** Whether another slot than one that is not in here comes before a time and an order. */
  boolean precedes(long timeNs, long itsOrder) {
    return size > 0 && isBefore(dueNs[heap[0]], order[heap[0]], timeNs, itsOrder);
  }

  private boolean isBefore(int one, int other) {
    return isBefore(dueNs[one], order[one], other);
  }

  private boolean isBefore(long timeNs, long itsOrder, int other) {
    return isBefore(timeNs, itsOrder, dueNs[other], order[other]);
  }

  private static boolean isBefore(long oneNs, long oneOrder, long otherNs, long otherOrder) {
    int compared = Long.compareUnsigned(oneNs, otherNs);
    return compared < 0 || compared == 0 && oneOrder < otherOrder;
  }

  private void place(int at, int sktid) {
    heap[at] = sktid;
    placeOf[sktid] = at + 1;
  }

  private void up(int from) {
    int sktid = heap[from];
    int at = from;
    for (int parent = (at - 1) / 2; at > 0 && isBefore(sktid, heap[parent]); parent = (at - 1) / 2) {
      place(at, heap[parent]);
      at = parent;
    }
    place(at, sktid);
  }

  private void down(int from) {
    int sktid = heap[from];
    int at = from;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isBefore(heap[child], sktid)) {
        break;
      }
      place(at, heap[child]);
      at = child;
    }
    place(at, sktid);
  }
}
