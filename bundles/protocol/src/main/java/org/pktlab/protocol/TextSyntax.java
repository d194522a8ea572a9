package org.pktlab.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Syntax of experiment descriptions and endpoint attributes: {@code name=value;} items and nothing between them (protocol
 * specification, section 4.19).
 */
final class TextSyntax {
  /** Verdict of {@link #firstError} on good text. */
  static final int GOOD = -1;

  private static final int NAME = 1;
  private static final int VALUE = 2;
  private static final int PATTERN = 4;
  private static final byte[] CLASSES = new byte[256];

  static {
    allow("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", NAME | VALUE);
    allow(".:[],/() \t", VALUE);
    allow("*?", PATTERN);
  }

  private TextSyntax() {}

  private static void allow(String characters, int classes) {
    for (int i = 0; i < characters.length(); i++) {
      CLASSES[characters.charAt(i)] |= (byte) classes;
    }
  }

  /**
   * Finds the first octet that does not belong.
   *
   * @param patterns whether values may hold {@code *} and {@code ?} (xpub, xnotify)
   * @return its absolute offset, {@code at + length} when the last item is not finished, or {@link #GOOD}
   */
  static int firstError(ByteBuffer b, int at, int length, boolean patterns) {
    int valueClasses = patterns ? VALUE | PATTERN : VALUE;
    int end = at + length;
    int i = at;
    while (i < end) {
      int name = i;
      while (i < end && (CLASSES[Octets.u8(b, i)] & NAME) != 0) {
        i++;
      }
      if (i == end || i == name || b.get(i) != '=') {
        return i;
      }
      i++;
      while (i < end && (CLASSES[Octets.u8(b, i)] & valueClasses) != 0) {
        i++;
      }
      if (i == end || b.get(i) != ';') {
        return i;
      }
      i++;
    }
    return GOOD;
  }

  /**
   * Finds a name that occurs twice in text without syntax errors. Sorting the places of the names costs four octets per item and
   * n log n comparisons, whatever a peer makes of them; a hash table would cost far more memory than the frame itself.
   *
   * @return the absolute offset of one such name, or {@link #GOOD}
   */
  static int repeatedName(ByteBuffer b, int at, int length) {
    int[] names = namesOf(b, at, length);
    sort(b, names);
    for (int i = 1; i < names.length; i++) {
      if (compare(b, names[i - 1], names[i]) == 0) {
        return Math.max(names[i - 1], names[i]);
      }
    }
    return GOOD;
  }

  private static int[] namesOf(ByteBuffer b, int at, int length) {
    int[] names = new int[8];
    int count = 0;
    int end = at + length;
    int start = at;
    for (int i = at; i < end; i++) {
      if (b.get(i) == ';') {
        if (count == names.length) {
          names = Arrays.copyOf(names, count * 2);
        }
        names[count++] = start;
        start = i + 1;
      }
    }
    return Arrays.copyOf(names, count);
  }

  private static void sort(ByteBuffer b, int[] names) {
    for (int root = names.length / 2 - 1; root >= 0; root--) {
      sift(b, names, root, names.length);
    }
    for (int last = names.length - 1; last > 0; last--) {
      int greatest = names[0];
      names[0] = names[last];
      names[last] = greatest;
      sift(b, names, 0, last);
    }
  }

  private static void sift(ByteBuffer b, int[] heap, int root, int size) {
    int moved = heap[root];
    int hole = root;
    int child;
    while ((child = 2 * hole + 1) < size) {
      if (child + 1 < size && compare(b, heap[child], heap[child + 1]) < 0) {
        child++;
      }
      if (compare(b, moved, heap[child]) >= 0) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = moved;
  }

  private static int compare(ByteBuffer b, int left, int right) {
    int i = 0;
    while (true) {
      byte l = b.get(left + i);
      byte r = b.get(right + i);
      if (l != r) {
        return Byte.compare(l, r);
      }
      if (l == '=') {
        return 0;
      }
      i++;
    }
  }
}
