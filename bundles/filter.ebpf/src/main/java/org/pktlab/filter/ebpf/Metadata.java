package org.pktlab.filter.ebpf;

import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterRejectedException.Category;

/** What a Linux socket filter may touch of the 192 octets of packet metadata that register 1 points to. */
final class Metadata {
  private static final int SCRATCH_START = 48;
  private static final int SCRATCH_END = 68;

  /** Fields that socket filters may not read, or that hold pointers: where each begins and ends. */
  private static final int[][] CLOSED = {{72, 76}, {76, 84}, {88, 144}, {144, 152}, {152, 160}, {160, 164}, {168, 176}, {180, 192}};

  private Metadata() {}

  static void checkLoad(int i, boolean start, int offset, int width) throws FilterRejectedException {
    checkPlace(i, start, offset, width);
    for (int[] closed : CLOSED) {
      if (offset < closed[1] && offset + width > closed[0]) {
        throw refused(i, "octet " + offset + " of the context may not be read");
      }
    }
    boolean scratch = offset >= SCRATCH_START && offset + width <= SCRATCH_END;
    if (width == 8 && !scratch) {
      throw refused(i, "fields of the context are loaded in at most 4 octets");
    }
  }

  static void checkStore(int i, boolean start, int offset, int width) throws FilterRejectedException {
    checkPlace(i, start, offset, width);
    if (offset < SCRATCH_START || offset + width > SCRATCH_END) {
      throw refused(i, "only octets 48 to 67 of the context may be written");
    }
  }

  private static void checkPlace(int i, boolean start, int offset, int width) throws FilterRejectedException {
    if (!start || offset < 0 || offset + width > Memory.METADATA || offset % width != 0) {
      throw refused(i, "an access to the context at octet " + offset + ", which is out of bounds or not aligned");
    }
  }

  private static FilterRejectedException refused(int i, String message) {
    return new FilterRejectedException(Category.BAD_ACCESS, i, message);
  }
}
