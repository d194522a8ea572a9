package org.pktlab.mlet.dns;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A response, taken apart.
 *
 * @param id identifier
 * @param response whether it says to be a response
 * @param truncated whether it was cut to fit a datagram
 * @param rcode response code, with the extended bits of EDNS
 * @param question name of the question, or null when it carries none
 * @param questionType type of the question
 * @param records records of all sections, in order, without OPT
 */
record DnsMessage(int id, boolean response, boolean truncated, int rcode, String question, int questionType, List<Entry> records) {
  private static final int CLASS_IN = 1;

  /**
   * A record.
   *
   * @param section answer, authority or additional
   * @param value data in presentation form
   */
  record Entry(String section, String name, int type, long ttl, String value) {}

  /** Reads a message; whatever the octets are, the outcome is a message or the exception. */
  static DnsMessage parse(byte[] octets) throws MalformedDnsException {
    DnsReader in = new DnsReader(octets);
    int id = in.u16();
    int flags = in.u16();
    int questions = in.u16();
    int[] counts = {in.u16(), in.u16(), in.u16()};
    String question = null;
    int questionType = 0;
    for (int i = 0; i < questions; i++) {
      String name = in.name();
      int type = in.u16();
      in.u16();
      if (i == 0) {
        question = name;
        questionType = type;
      }
    }
    boolean truncated = (flags & 0x0200) != 0;
    int rcode = flags & 0xF;
    List<Entry> records = new ArrayList<>();
    String[] sections = {"answer", "authority", "additional"};
    for (int s = 0; s < sections.length; s++) {
      for (int i = 0; i < counts[s]; i++) {
        if (truncated && in.remaining() == 0) {
          return new DnsMessage(id, (flags & 0x8000) != 0, true, rcode, question, questionType, List.copyOf(records));
        }
        String name = in.name();
        int type = in.u16();
        int clazz = in.u16();
        long ttl = in.u32();
        int before = in.within(in.u16());
        if (type == DnsType.OPT) {
          rcode |= (int) (ttl >>> 24) << 4;
        } else {
          records.add(new Entry(sections[s], name, type, ttl & 0x7FFFFFFFL, value(in, clazz == CLASS_IN ? type : -1)));
        }
        in.leave(before);
      }
    }
    return new DnsMessage(id, (flags & 0x8000) != 0, truncated, rcode, question, questionType, List.copyOf(records));
  }

  private static String value(DnsReader in, int type) throws MalformedDnsException {
    return switch (type) {
      case DnsType.A -> in.remaining() == 4 ? address(in) : unknown(in);
      case DnsType.AAAA -> in.remaining() == 16 ? address(in) : unknown(in);
      case DnsType.NS, DnsType.CNAME, DnsType.PTR, DnsType.DNAME -> in.name();
      case DnsType.MX -> in.u16() + " " + in.name();
      case DnsType.SRV -> in.u16() + " " + in.u16() + " " + in.u16() + " " + in.name();
      case DnsType.SOA -> in.name() + " " + in.name() + " " + in.u32() + " " + in.u32() + " " + in.u32() + " " + in.u32() + " " + in.u32();
      case DnsType.TXT -> texts(in);
      case DnsType.CAA -> in.u8() + " " + new String(in.octets(in.u8()), java.nio.charset.StandardCharsets.ISO_8859_1) + " "
          + quoted(in.octets(in.remaining()));
      default -> unknown(in);
    };
  }

  private static String address(DnsReader in) throws MalformedDnsException {
    byte[] octets = in.octets(in.remaining());
    try {
      // An IPv4-mapped address would come back as IPv4 and hide what the record holds.
      InetAddress address = InetAddress.getByAddress(octets);
      return octets.length == 16 && address.getAddress().length == 4 ? "::ffff:" + address.getHostAddress() : address.getHostAddress();
    } catch (UnknownHostException e) {
      throw new MalformedDnsException("not an address", in.position());
    }
  }

  private static String texts(DnsReader in) throws MalformedDnsException {
    StringBuilder out = new StringBuilder();
    while (in.remaining() > 0) {
      out.append(out.length() == 0 ? "" : " ").append(quoted(in.octets(in.u8())));
    }
    return out.toString();
  }

  private static String quoted(byte[] octets) {
    StringBuilder out = new StringBuilder("\"");
    for (byte octet : octets) {
      int c = octet & 0xFF;
      if (c < 0x20 || c >= 0x7f) {
        out.append(String.format("\\%03d", c));
      } else {
        out.append(c == '"' || c == '\\' ? "\\" : "").append((char) c);
      }
    }
    return out.append('"').toString();
  }

  /** RFC 3597, section 5. */
  private static String unknown(DnsReader in) throws MalformedDnsException {
    byte[] octets = in.octets(in.remaining());
    return "\\# " + octets.length + (octets.length == 0 ? "" : " " + HexFormat.of().formatHex(octets));
  }

  /**
   * A query for one name.
   *
   * @param bufferSize octets that an answer over UDP may have, told by EDNS; 0 for no EDNS
   * @throws IllegalArgumentException when the name is not one that DNS can carry
   */
  static byte[] query(int id, String name, int type, boolean recurse, int bufferSize, boolean dnssec) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    u16(out, id);
    u16(out, recurse ? 0x0100 : 0);
    u16(out, 1);
    u16(out, 0);
    u16(out, 0);
    u16(out, bufferSize > 0 ? 1 : 0);
    out.writeBytes(wireName(name));
    u16(out, type);
    u16(out, CLASS_IN);
    if (bufferSize > 0) {
      out.write(0);
      u16(out, DnsType.OPT);
      u16(out, bufferSize);
      u16(out, 0);
      u16(out, dnssec ? 0x8000 : 0);
      u16(out, 0);
    }
    return out.toByteArray();
  }

  /** A name in wire form; {@code \.} and {@code \ddd} escape as in zone files. */
  static byte[] wireName(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream label = new ByteArrayOutputStream();
    String text = name.endsWith(".") && !name.endsWith("\\.") ? name : name + ".";
    for (int i = 0; i < text.length() && !text.equals("."); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (label.size() == 0 || label.size() > 63) {
          throw new IllegalArgumentException("'" + name + "' is not a domain name: a label has 1 to 63 octets");
        }
        out.write(label.size());
        out.writeBytes(label.toByteArray());
        label.reset();
      } else if (c == '\\' && i + 3 < text.length() && text.substring(i + 1, i + 4).matches("[01][0-9]{2}|2[0-4][0-9]|25[0-5]")) {
        label.write(Integer.parseInt(text.substring(i + 1, i + 4)));
        i += 3;
      } else {
        char plain = c == '\\' && i + 1 < text.length() ? text.charAt(++i) : c;
        if (plain > 0x7e || plain < 0x21) {
          throw new IllegalArgumentException("'" + name + "' is not a domain name in ASCII; write international names in their xn-- form");
        }
        label.write(plain);
      }
    }
    out.write(0);
    if (name.isEmpty() || label.size() > 0 || out.size() > 255) {
      throw new IllegalArgumentException("'" + name + "' is not a domain name of at most 255 octets");
    }
    return out.toByteArray();
  }

  private static void u16(ByteArrayOutputStream out, int value) {
    out.write(value >>> 8);
    out.write(value);
  }
}
