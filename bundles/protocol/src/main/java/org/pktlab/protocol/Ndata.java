package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Delivers received data (protocol specification, section 4.15).
 *
 * <p>Borrowed: arrays are neither copied in nor out; whoever shares one must not change it.
 *
 * @param sktid socket number, 0 to 255
 * @param family address family, see {@link Family}; any octet for raw and TCP
 * @param proto kind of socket, see {@link Protocol}
 * @param timeNs time of reception, unsigned nanoseconds since 1970 UTC
 * @param raddr source of a UDP datagram, 4 or 16 octets by the family; else null
 * @param rport source port of a UDP datagram; else 0
 * @param data raw: an IP packet; TCP: a piece of the stream; UDP: one payload, possibly empty or cut
 */
public record Ndata(int sktid, int family, int proto, long timeNs, byte[] raddr, int rport, byte[] data) implements Notification {
  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Ndata {
    Check.socket(sktid, family, proto);
    Check.peer(family, proto, raddr, rport);
    Check.body((long) NdataFlyweight.headerLength(family, proto) - Frame.HEADER_LENGTH + data.length);
  }

  @Override
  public int type() {
    return MessageType.NDATA;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Ndata that
        && sktid == that.sktid
        && family == that.family
        && proto == that.proto
        && timeNs == that.timeNs
        && Arrays.equals(raddr, that.raddr)
        && rport == that.rport
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(sktid, family, proto, timeNs, Arrays.hashCode(raddr), rport, Arrays.hashCode(data));
  }

  @Override
  public String toString() {
    return "Ndata[sktid=" + sktid
        + ", family=" + family
        + ", proto=" + proto
        + ", timeNs=" + timeNs
        + ", raddr=" + Check.show(raddr)
        + ", rport=" + rport
        + ", data=" + Check.show(data) + "]";
  }
}
