package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Tells that a connection changed its state (protocol specification, section 4.14).
 *
 * <p>With raddr it is the established form, whose code is 0 and whose address length is free of the family octet. Borrowed: arrays
 * are neither copied in nor out; whoever shares one must not change it.
 *
 * @param sktid socket number, 0 to 255
 * @param family an octet, see {@link Family}
 * @param proto an octet, see {@link Protocol}
 * @param timeNs time of the change, unsigned nanoseconds since 1970 UTC
 * @param code 0 to 255, see {@link StatCode}; 0 for TCP only together with raddr
 * @param raddr address of the peer, 4 or 16 octets, in the established form; else null
 * @param rport port of the peer in the established form; else 0
 */
public record Nstat(int sktid, int family, int proto, long timeNs, int code, byte[] raddr, int rport) implements Notification {
  /** The established form; the peer's address has 4 or 16 octets. */
  public static Nstat established(int sktid, int family, int proto, long timeNs, byte[] raddr, int rport) {
    return new Nstat(sktid, family, proto, timeNs, StatCode.ESTABLISHED, raddr, rport);
  }

  /** The form with a code. */
  public static Nstat of(int sktid, int family, int proto, long timeNs, int code) {
    return new Nstat(sktid, family, proto, timeNs, code, null, 0);
  }

  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Nstat {
    Check.socket(sktid, family, proto);
    Check.u8("code", code);
    Check.u16("rport", rport);
    if (raddr == null) {
      Check.that(rport == 0, "an rport needs an raddr");
      Check.that(proto != Protocol.TCP || code != StatCode.ESTABLISHED, "an established TCP connection needs raddr");
    } else {
      Check.that(code == StatCode.ESTABLISHED, "only an established connection carries raddr");
      Check.that(raddr.length == Family.IPV4_LENGTH || raddr.length == Family.IPV6_LENGTH, "raddr must have 4 or 16 octets");
    }
  }

  @Override
  public int type() {
    return MessageType.NSTAT;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Nstat that
        && sktid == that.sktid
        && family == that.family
        && proto == that.proto
        && timeNs == that.timeNs
        && code == that.code
        && Arrays.equals(raddr, that.raddr)
        && rport == that.rport;
  }

  @Override
  public int hashCode() {
    return Objects.hash(sktid, family, proto, timeNs, code, Arrays.hashCode(raddr), rport);
  }

  @Override
  public String toString() {
    return "Nstat[sktid=" + sktid
        + ", family=" + family
        + ", proto=" + proto
        + ", timeNs=" + timeNs
        + ", code=" + code
        + ", raddr=" + Check.show(raddr)
        + ", rport=" + rport + "]";
  }
}
