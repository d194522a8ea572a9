package org.pktlab.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Opens a socket (protocol specification, sections 4.6 and 7.1).
 *
 * <p>The four forms are made by {@link #raw}, {@link #udp}, {@link #tcpListen} and {@link #tcpConnect}. Borrowed: arrays are neither
 * copied in nor out; whoever shares one must not change it.
 *
 * @param sktid socket number, 0 to 255
 * @param family address family, see {@link Family}
 * @param proto kind of socket, see {@link Protocol}
 * @param rbufsz receive allowance in octets of payload, 0 to 4294967295
 * @param laddr local address, 4 or 16 octets by the family; all zero for any
 * @param lport local port, 0 for any; always 0 for raw
 * @param raddr remote address of a TCP connect, 4 or 16 octets by the family; else null
 * @param rport remote port of a TCP connect; else 0
 */
public record Nopen(int sktid, int family, int proto, long rbufsz, byte[] laddr, int lport, byte[] raddr, int rport) implements Request {
  /** A raw socket on the interface that carries the local address; family by the length of the address. */
  public static Nopen raw(int sktid, long rbufsz, byte[] laddr) {
    return new Nopen(sktid, familyOf(laddr), Protocol.RAW, rbufsz, laddr, 0, null, 0);
  }

  /** A UDP socket; family by the length of the address. */
  public static Nopen udp(int sktid, long rbufsz, byte[] laddr, int lport) {
    return new Nopen(sktid, familyOf(laddr), Protocol.UDP, rbufsz, laddr, lport, null, 0);
  }

  /** A listening TCP socket; family by the length of the address. The C endpoint aborts on it. */
  public static Nopen tcpListen(int sktid, long rbufsz, byte[] laddr, int lport) {
    return new Nopen(sktid, familyOf(laddr), Protocol.TCP, rbufsz, laddr, lport, null, 0);
  }

  /** A TCP connection; family by the length of the addresses. */
  public static Nopen tcpConnect(int sktid, long rbufsz, byte[] laddr, int lport, byte[] raddr, int rport) {
    return new Nopen(sktid, familyOf(laddr), Protocol.TCP, rbufsz, laddr, lport, raddr, rport);
  }

  private static int familyOf(byte[] address) {
    return address.length == Family.IPV6_LENGTH ? Family.IPV6 : Family.IPV4;
  }

  /** Whether this is the connecting form of TCP, the only one with a remote address. */
  public boolean isConnect() {
    return raddr != null;
  }

  /**
   * Checks the bounds of every field.
   *
   * @throws IllegalArgumentException if a field is out of bounds
   */
  public Nopen {
    check(sktid, family, proto, rbufsz, laddr, lport, raddr, rport);
  }

  static void check(int sktid, int family, int proto, long rbufsz, byte[] laddr, int lport, byte[] raddr, int rport) {
    Check.u8("sktid", sktid);
    Check.that(Protocol.isKnown(proto), "proto must be 0, 6 or 17");
    Check.u32("rbufsz", rbufsz);
    Check.addressOf(family, laddr, "laddr");
    Check.u16("lport", lport);
    Check.u16("rport", rport);
    Check.that(proto != Protocol.RAW || lport == 0, "raw has no lport");
    if (raddr == null) {
      Check.that(rport == 0, "an rport needs an raddr");
    } else {
      Check.that(proto == Protocol.TCP, "only TCP carries raddr and rport");
      Check.addressOf(family, raddr, "raddr");
    }
  }

  @Override
  public int type() {
    return MessageType.NOPEN;
  }

  /** Equal when all fields are, arrays by their octets. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Nopen that
        && sktid == that.sktid
        && family == that.family
        && proto == that.proto
        && rbufsz == that.rbufsz
        && Arrays.equals(laddr, that.laddr)
        && lport == that.lport
        && Arrays.equals(raddr, that.raddr)
        && rport == that.rport;
  }

  @Override
  public int hashCode() {
    return Objects.hash(sktid, family, proto, rbufsz, Arrays.hashCode(laddr), lport, Arrays.hashCode(raddr), rport);
  }

  @Override
  public String toString() {
    return "Nopen[sktid=" + sktid
        + ", family=" + family
        + ", proto=" + proto
        + ", rbufsz=" + rbufsz
        + ", laddr=" + Check.show(laddr)
        + ", lport=" + lport
        + ", raddr=" + Check.show(raddr)
        + ", rport=" + rport + "]";
  }
}
