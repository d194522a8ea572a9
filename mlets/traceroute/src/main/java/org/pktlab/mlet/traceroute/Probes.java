package org.pktlab.mlet.traceroute;

import java.net.InetAddress;
import org.pktlab.mlet.packet.CaptureFilters;
import org.pktlab.mlet.packet.Checksum;
import org.pktlab.mlet.packet.Icmp;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.packet.IpPacket;
import org.pktlab.program.EbpfProgram;

/**
 * Makes the probes of one method and family, and recognises what answers them. Every probe of a trace carries a number from 1, in octets
 * that ICMP errors quote: the first 8 behind the IP header.
 */
final class Probes {
  private static final int UDP_HEADER = 8;
  private static final int TCP_HEADER = 20;
  private static final int SYN = 0x02;
  private static final int RST = 0x04;
  private static final int ACK = 0x10;

  private final Method method;
  private final int version;
  private final InetAddress source;
  private final TraceSettings settings;
  private final int protocol;
  private final int cookie;

  /**
   * @param source the address that probes carry
   * @param cookie 16 bits that tell TCP probes of this run from others
   */
  Probes(TraceSettings settings, InetAddress source, int cookie) {
    this.settings = settings;
    this.method = settings.method();
    this.source = source;
    this.version = source.getAddress().length == 4 ? 4 : 6;
    this.protocol = method.protocol(version);
    this.cookie = cookie;
  }

  EbpfProgram filter() {
    int local = settings.localPort();
    return method.isEcho() ? CaptureFilters.echo(version, local) : CaptureFilters.ports(version, protocol, local, local);
  }

  /** The probe of that number, a whole packet. */
  byte[] probe(InetAddress target, int hop, int number) {
    // Identification: what IPv4 errors quote too. The flow label stays, for it is part of the flow.
    IpHeader header = new IpHeader(source, target, protocol, hop, settings.tos(), version == 4 ? number : 0, false);
    int room = settings.size() - header.length();
    return switch (method) {
      case ICMP -> Icmp.echoRequest(header, settings.localPort(), number, new byte[Math.max(0, room - Icmp.ECHO_HEADER)]);
      case ICMP_PARIS -> header.packet(echoOfConstantFlow(header, number, Math.max(room, Icmp.ECHO_HEADER + 2)));
      case UDP -> header.packet(datagram(header, settings.remotePort() + number - 1, 0, Math.max(room, UDP_HEADER + 2)));
      case UDP_PARIS -> header.packet(datagram(header, settings.remotePort(), number, Math.max(room, UDP_HEADER + 2)));
      case TCP -> header.packet(syn(header, number));
    };
  }

  /** The first two octets of the payload make up for the number, so that the checksum is always the same. */
  private byte[] echoOfConstantFlow(IpHeader header, int number, int length) {
    byte[] message = new byte[length];
    message[0] = (byte) (version == 4 ? Icmp.ECHO_REQUEST : Icmp.V6_ECHO_REQUEST);
    put16(message, 2, settings.remotePort());
    put16(message, 4, settings.localPort());
    put16(message, 6, number);
    int sum = Checksum.add(version == 4 ? 0 : header.pseudoHeader(length), message, 0, length);
    put16(message, 8, Checksum.of(sum));
    return message;
  }

  /** A datagram whose checksum is the given one, made to fit by its payload; 0 for whatever belongs to it. */
  private byte[] datagram(IpHeader header, int port, int checksum, int length) {
    byte[] datagram = new byte[length];
    put16(datagram, 0, settings.localPort());
    put16(datagram, 2, port);
    put16(datagram, 4, length);
    put16(datagram, 6, checksum);
    int rest = Checksum.of(Checksum.add(header.pseudoHeader(length), datagram, 0, length));
    if (checksum == 0) {
      put16(datagram, 6, rest == 0 ? 0xFFFF : rest);
    } else {
      put16(datagram, UDP_HEADER, rest);
    }
    return datagram;
  }

  private byte[] syn(IpHeader header, int number) {
    byte[] segment = new byte[TCP_HEADER];
    put16(segment, 0, settings.localPort());
    put16(segment, 2, settings.remotePort());
    put16(segment, 4, cookie);
    put16(segment, 6, number);
    segment[12] = (TCP_HEADER / 4) << 4;
    segment[13] = SYN;
    put16(segment, 14, 0xFFFF);
    put16(segment, 16, Checksum.of(Checksum.add(header.pseudoHeader(TCP_HEADER), segment, 0, TCP_HEADER)));
    return segment;
  }

  private static void put16(byte[] to, int at, int value) {
    to[at] = (byte) (value >>> 8);
    to[at + 1] = (byte) value;
  }

  /** What a captured packet answers, or null when it is nothing of ours. */
  Answer answer(IpPacket packet) {
    if (packet.version() != version) {
      return null;
    }
    if (packet.isIcmpError()) {
      return error(packet);
    }
    if (packet.protocol() != protocol || packet.transportLength() < 8) {
      return null;
    }
    int number =
        switch (method) {
          case ICMP, ICMP_PARIS -> Icmp.isEchoReply(packet) && packet.u16(4) == settings.localPort() && packet.hasPlausibleChecksum()
              ? packet.u16(6) : 0;
          case UDP -> packet.u16(2) == settings.localPort() ? Math.max(0, packet.u16(0) - settings.remotePort() + 1) : 0;
          case UDP_PARIS -> packet.u16(2) == settings.localPort() && packet.u16(0) == settings.remotePort() ? Answer.NEWEST : 0;
          case TCP -> tcpNumber(packet);
        };
    if (number == 0) {
      return null;
    }
    String what = method.isEcho() ? "echo reply" : method != Method.TCP ? "udp reply" : (packet.u8(13) & RST) != 0 ? "rst" : "syn-ack";
    return new Answer(packet.source(), number, 0, Answer.Means.REACHED, what, packet, null);
  }

  private int tcpNumber(IpPacket packet) {
    if (packet.transportLength() < TCP_HEADER || packet.u16(0) != settings.remotePort() || packet.u16(2) != settings.localPort()) {
      return 0;
    }
    int flags = packet.u8(13) & (SYN | RST | ACK);
    int acknowledged = packet.i32(8) - 1;
    return (flags == (SYN | ACK) || (flags & RST) != 0) && acknowledged >>> 16 == cookie ? acknowledged & 0xFFFF : 0;
  }

  private Answer error(IpPacket packet) {
    IpPacket quoted = packet.quoted();
    if (quoted == null || quoted.protocol() != protocol || quoted.transportLength() < 8 || !packet.hasPlausibleChecksum()) {
      return null;
    }
    boolean ours =
        method.isEcho()
            ? quoted.u16(4) == settings.localPort()
            : quoted.u16(0) == settings.localPort() && (method == Method.UDP || quoted.u16(2) == settings.remotePort());
    int number =
        switch (method) {
          case ICMP, ICMP_PARIS, UDP_PARIS -> quoted.u16(6);
          case UDP -> Math.max(0, quoted.u16(2) - settings.remotePort() + 1);
          case TCP -> quoted.u16(4) == cookie ? quoted.u16(6) : 0;
        };
    int type = packet.u8(0);
    int code = packet.u8(1);
    if (!ours || version == 4 && (type == 4 || type == 5)) {
      return null;
    }
    int spare = version == 4 ? quoted.label() : 0;
    return new Answer(quoted.destination(), number, spare, means(type, code), Icmp.name(version, type, code), packet, quoted);
  }

  private Answer.Means means(int type, int code) {
    if (type == (version == 4 ? 11 : 3)) {
      return Answer.Means.ON_THE_WAY;
    }
    if (type == (version == 4 ? 3 : 1)) {
      return code == (version == 4 ? 3 : 4) ? Answer.Means.REACHED : Answer.Means.UNREACHABLE;
    }
    return Answer.Means.OTHER_ERROR;
  }
}
