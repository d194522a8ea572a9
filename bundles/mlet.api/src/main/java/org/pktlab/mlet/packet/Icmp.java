package org.pktlab.mlet.packet;

import java.util.Locale;

/** ICMP (RFC 792) and ICMPv6 (RFC 4443) echo messages to send, and the names of messages that were received. */
public final class Icmp {
  /** Type of an ICMP echo request. */
  public static final int ECHO_REQUEST = 8;

  /** Type of an ICMP echo reply. */
  public static final int ECHO_REPLY = 0;

  /** Type of an ICMPv6 echo request. */
  public static final int V6_ECHO_REQUEST = 128;

  /** Type of an ICMPv6 echo reply. */
  public static final int V6_ECHO_REPLY = 129;

  /** Octets of the header of an echo message. */
  public static final int ECHO_HEADER = 8;

  private static final String[] UNREACHABLE = {
    "net unreachable", "host unreachable", "protocol unreachable", "port unreachable", "fragmentation needed", "source route failed",
    "net unknown", "host unknown", "source isolated", "net prohibited", "host prohibited", "net unreachable for tos",
    "host unreachable for tos", "communication prohibited", "host precedence violation", "precedence cutoff"
  };
  private static final String[] V6_UNREACHABLE = {
    "no route", "communication prohibited", "beyond scope", "address unreachable", "port unreachable", "source address failed policy",
    "route rejected"
  };

  private Icmp() {}

  /**
   * An echo request with its checksum, as a whole packet.
   *
   * @param header its protocol must be that of ICMP in its family; in IPv6 the source address must be that which the packet will carry
   * @param identifier 16 bits
   * @param sequence 16 bits
   * @param payload what is to be echoed
   */
  public static byte[] echoRequest(IpHeader header, int identifier, int sequence, byte[] payload) {
    boolean ipv4 = header.version() == 4;
    if (header.protocol() != protocol(header.version())) {
      throw new IllegalArgumentException("protocol " + header.protocol() + " is not ICMP in IPv" + header.version());
    }
    byte[] message = new byte[ECHO_HEADER + payload.length];
    message[0] = (byte) (ipv4 ? ECHO_REQUEST : V6_ECHO_REQUEST);
    put16(message, 4, identifier);
    put16(message, 6, sequence);
    System.arraycopy(payload, 0, message, ECHO_HEADER, payload.length);
    put16(message, 2, Checksum.of(Checksum.add(ipv4 ? 0 : header.pseudoHeader(message.length), message, 0, message.length)));
    return header.packet(message);
  }

  /** Number of the protocol: 1 in IPv4, 58 in IPv6. */
  public static int protocol(int version) {
    return version == 4 ? IpHeader.ICMP : IpHeader.ICMPV6;
  }

  /** Whether a packet is a whole enough echo reply: one whose identifier and sequence number are there. */
  public static boolean isEchoReply(IpPacket packet) {
    return packet.protocol() == protocol(packet.version())
        && packet.transportLength() >= ECHO_HEADER
        && packet.u8(0) == (packet.version() == 4 ? ECHO_REPLY : V6_ECHO_REPLY);
  }

  /** What a message says, in lower-case words; {@code type N code N} when it is none that we know. */
  public static String name(int version, int type, int code) {
    String known = version == 4 ? v4(type, code) : v6(type, code);
    return known == null ? String.format(Locale.ROOT, "type %d code %d", type, code) : known;
  }

  private static String v4(int type, int code) {
    return switch (type) {
      case ECHO_REPLY -> "echo reply";
      case 3 -> code < UNREACHABLE.length ? UNREACHABLE[code] : null;
      case 4 -> "source quench";
      case 5 -> "redirect";
      case 11 -> exceeded(code);
      case 12 -> "parameter problem";
      default -> null;
    };
  }

  private static String v6(int type, int code) {
    return switch (type) {
      case 1 -> code < V6_UNREACHABLE.length ? V6_UNREACHABLE[code] : null;
      case 2 -> "packet too big";
      case 3 -> exceeded(code);
      case 4 -> "parameter problem";
      case V6_ECHO_REPLY -> "echo reply";
      default -> null;
    };
  }

  private static String exceeded(int code) {
    return code == 0 ? "time exceeded" : code == 1 ? "reassembly time exceeded" : null;
  }

  private static void put16(byte[] to, int at, int value) {
    to[at] = (byte) (value >>> 8);
    to[at + 1] = (byte) value;
  }
}
