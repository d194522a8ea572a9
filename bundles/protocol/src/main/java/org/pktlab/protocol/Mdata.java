package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Answers an mread with the octets read (protocol specification, section 4.12).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param addr first address, echoed from the request, 0 to 4294967295
 * @param data the octets read
 */
public record Mdata(long addr, byte[] data) implements Response {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Mdata {
    Check.u32("addr", addr);
    Check.body(4L + data.length);
  }

  @Override
  public int type() {
    return MessageType.MDATA;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Mdata that
        && addr == that.addr
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(addr, Arrays.hashCode(data));
  }

  @Override
  public String toString() {
    return "Mdata[addr=" + addr
        + ", data=" + Check.show(data) + "]";
  }
}
