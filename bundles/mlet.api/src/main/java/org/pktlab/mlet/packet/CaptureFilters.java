package org.pktlab.mlet.packet;

import org.pktlab.program.EbpfProgram;

/**
 * Capture filters that keep what answers a measurement's own probes and nothing else, so that neither the session's control traffic nor
 * what others do on the endpoint's host is captured. In IPv6 they look behind no extension header.
 */
public final class CaptureFilters {
  private static final int WHOLE = 0xFFFF;

  private CaptureFilters() {}

  /**
   * Keeps what answers ICMP or ICMPv6 echo requests: replies with this identifier, and errors that quote a request with it.
   *
   * @param version 4 or 6
   * @param identifier 16 bits
   */
  public static EbpfProgram echo(int version, int identifier) {
    return version == 4 ? ipv4(IpHeader.ICMP, identifier, identifier) : ipv6(IpHeader.ICMPV6, identifier, identifier);
  }

  /**
   * Keeps what answers TCP segments or UDP datagrams sent from these ports: segments or datagrams to them, and ICMP or ICMPv6 errors that
   * quote one from them.
   *
   * @param version 4 or 6
   * @param protocol {@link IpHeader#TCP} or {@link IpHeader#UDP}
   * @param leastPort first local port
   * @param mostPort last local port
   */
  public static EbpfProgram ports(int version, int protocol, int leastPort, int mostPort) {
    if (protocol != IpHeader.TCP && protocol != IpHeader.UDP) {
      throw new IllegalArgumentException("protocol " + protocol + " has no ports that we know");
    }
    return version == 4 ? ipv4(protocol, leastPort, mostPort) : ipv6(protocol, leastPort, mostPort);
  }

  private static EbpfProgram ipv4(int protocol, int least, int most) {
    boolean echo = protocol == IpHeader.ICMP;
    EbpfAssembler program = new EbpfAssembler().octet(0).and(0xF0).unlessEqual(0x40, "drop");
    program.half(6).and(0x1FFF).unlessEqual(0, "drop");
    // Register 7: length of the header.
    program.octet(0).and(0xF).shiftLeft(2).keep(7);
    program.octet(9).ifEqual(IpHeader.ICMP, "icmp");
    if (!echo) {
      program.unlessEqual(protocol, "drop").half(7, 2).unlessBetween(least, most, "drop").go("keep");
    } else {
      program.go("drop");
    }
    program.label("icmp").octet(7, 0).ifEqual(3, "error").ifEqual(11, "error").ifEqual(12, "error").ifEqual(4, "error").ifEqual(5, "error");
    if (echo) {
      program.unlessEqual(0, "drop").half(7, 4).unlessBetween(least, most, "drop").go("keep");
    } else {
      program.go("drop");
    }
    // Register 8: offset of the quoted transport header, less the 8 octets of the ICMP header.
    program.label("error").octet(7, 8 + 9).unlessEqual(protocol, "drop");
    program.octet(7, 8).and(0xF).shiftLeft(2).plus(7).keep(8);
    program.half(8, 8 + (echo ? 4 : 0)).unlessBetween(least, most, "drop");
    return program.label("keep").result(WHOLE).label("drop").result(0).build();
  }

  private static EbpfProgram ipv6(int protocol, int least, int most) {
    boolean echo = protocol == IpHeader.ICMPV6;
    EbpfAssembler program = new EbpfAssembler().octet(0).and(0xF0).unlessEqual(0x60, "drop");
    program.octet(6).ifEqual(IpHeader.ICMPV6, "icmp");
    if (!echo) {
      program.unlessEqual(protocol, "drop").half(40 + 2).unlessBetween(least, most, "drop").go("keep");
    } else {
      program.go("drop");
    }
    program.label("icmp").octet(40).ifEqual(1, "error").ifEqual(2, "error").ifEqual(3, "error").ifEqual(4, "error");
    if (echo) {
      program.unlessEqual(129, "drop").half(40 + 4).unlessBetween(least, most, "drop").go("keep");
    } else {
      program.go("drop");
    }
    program.label("error").octet(48 + 6).unlessEqual(protocol, "drop");
    program.half(88 + (echo ? 4 : 0)).unlessBetween(least, most, "drop");
    return program.label("keep").result(WHOLE).label("drop").result(0).build();
  }
}
