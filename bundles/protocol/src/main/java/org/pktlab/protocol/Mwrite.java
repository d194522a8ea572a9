package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Writes the endpoint's memory (protocol specification, sections 4.5 and 6).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param addr first address, 0 to 4294967295
 * @param data octets to write, may be empty; addr + length must not exceed 4294967295
 */
public record Mwrite(long addr, byte[] data) implements Request {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Mwrite {
    Check.range(addr, data.length);
    Check.body(4L + data.length);
  }

  @Override
  public int type() {
    return MessageType.MWRITE;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Mwrite that
        && addr == that.addr
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(addr, Arrays.hashCode(data));
  }

  @Override
  public String toString() {
    return "Mwrite[addr=" + addr
        + ", data=" + Check.show(data) + "]";
  }
}
