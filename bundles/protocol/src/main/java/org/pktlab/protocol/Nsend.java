package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Sends data at a time (protocol specification, sections 4.8 and 7.4).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param sktid socket number, 0 to 255
 * @param family address family, see {@link Family}; any octet for raw and TCP
 * @param proto kind of socket, see {@link Protocol}
 * @param timeNs earliest time of sending, unsigned nanoseconds since 1970 UTC; 0 for as soon as possible
 * @param tag 0 to 65535, returned in the ntag; 0 for no ntag
 * @param raddr destination of a UDP datagram, 4 or 16 octets by the family; else null
 * @param rport destination port of a UDP datagram; else 0
 * @param data raw: an IP packet; TCP: a piece of the stream; UDP: one payload; may be empty
 */
public record Nsend(int sktid, int family, int proto, long timeNs, int tag, byte[] raddr, int rport, byte[] data) implements Request {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Nsend {
    Check.socket(sktid, family, proto);
    Check.u16("tag", tag);
    Check.peer(family, proto, raddr, rport);
    Check.body((long) NsendFlyweight.headerLength(family, proto) - Frame.HEADER_LENGTH + data.length);
  }

  @Override
  public int type() {
    return MessageType.NSEND;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Nsend that
        && sktid == that.sktid
        && family == that.family
        && proto == that.proto
        && timeNs == that.timeNs
        && tag == that.tag
        && Arrays.equals(raddr, that.raddr)
        && rport == that.rport
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(sktid, family, proto, timeNs, tag, Arrays.hashCode(raddr), rport, Arrays.hashCode(data));
  }

  @Override
  public String toString() {
    return "Nsend[sktid=" + sktid
        + ", family=" + family
        + ", proto=" + proto
        + ", timeNs=" + timeNs
        + ", tag=" + tag
        + ", raddr=" + Check.show(raddr)
        + ", rport=" + rport
        + ", data=" + Check.show(data) + "]";
  }
}
