package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The endpoint's 32-bit address space: regions and the exact access rules of the protocol specification, section 6.1. */
final class AddressSpace {
  private final Region[] regions;

  AddressSpace(List<Region> regions) {
    this.regions = regions.toArray(Region[]::new);
    Arrays.sort(this.regions, Comparator.comparingLong(Region::start));
  }

  /**
   * Reads. A read that starts in no region is all zeros, even where later octets are mapped.
   *
   * @param to zeroed; filled from position to limit
   */
  void read(long address, ByteBuffer to) {
    int first = find(address);
    if (first < 0) {
      return;
    }
    int begin = to.position();
    int limit = to.limit();
    long end = address + to.remaining();
    for (int i = first; i < regions.length && regions[i].start() < end; i++) {
      Region region = regions[i];
      long from = Math.max(address, region.start());
      long until = Math.min(end, region.start() + region.length());
      to.limit(begin + (int) (until - address)).position(begin + (int) (from - address));
      region.read((int) (from - region.start()), to);
      to.limit(limit);
    }
    to.position(limit);
  }

  /** Writes, by the same rule: a write that starts in no region is discarded whole. */
  void write(long address, ByteBuffer from) {
    int first = find(address);
    if (first < 0) {
      return;
    }
    int begin = from.position();
    int limit = from.limit();
    long end = address + from.remaining();
    for (int i = first; i < regions.length && regions[i].start() < end; i++) {
      Region region = regions[i];
      long low = Math.max(address, region.start());
      long high = Math.min(end, region.start() + region.length());
      from.limit(begin + (int) (high - address)).position(begin + (int) (low - address));
      region.write((int) (low - region.start()), from);
      from.limit(limit);
    }
    from.position(limit);
  }

  private int find(long address) {
    int low = 0;
    int high = regions.length - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      Region region = regions[middle];
      if (address < region.start()) {
        high = middle - 1;
      } else if (address >= region.start() + region.length()) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return -1;
  }
}
