package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Captures on a raw socket until a time (protocol specification, sections 4.9 and 8.3).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param sktid socket number, 0 to 255
 * @param family an octet, see {@link Family}; judged by the endpoint only
 * @param proto an octet, see {@link Protocol}; judged by the endpoint only
 * @param endTimeNs end of the capture, unsigned nanoseconds since 1970 UTC; in the past to stop it
 * @param program the encoded filter (section 4.24), not inspected here; at least one octet
 */
public record Ncap(int sktid, int family, int proto, long endTimeNs, byte[] program) implements Request {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Ncap {
    Check.socket(sktid, family, proto);
    Check.that(program.length >= 1, "the program must have at least one octet");
    Check.body(11L + program.length);
  }

  @Override
  public int type() {
    return MessageType.NCAP;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Ncap that
        && sktid == that.sktid
        && family == that.family
        && proto == that.proto
        && endTimeNs == that.endTimeNs
        && Arrays.equals(program, that.program);
  }

  @Override
  public int hashCode() {
    return Objects.hash(sktid, family, proto, endTimeNs, Arrays.hashCode(program));
  }

  @Override
  public String toString() {
    return "Ncap[sktid=" + sktid
        + ", family=" + family
        + ", proto=" + proto
        + ", endTimeNs=" + endTimeNs
        + ", program=" + Check.show(program) + "]";
  }
}
