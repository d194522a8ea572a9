package org.pktlab.protocol;

/**
 * Reads the endpoint's memory (protocol specification, sections 4.4 and 6).
 *
 * @param addr first address, 0 to 4294967295
 * @param length octets to read, 1 to 65535; addr + length must not exceed 4294967295
 */
public record Mread(long addr, int length) implements Request {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Mread {
    Check.that(length >= 1 && length <= MemoryMap.MAX_READ, "the length must be 1 to 65535");
    Check.range(addr, length);
  }

  @Override
  public int type() {
    return MessageType.MREAD;
  }
}
