package org.pktlab.result.warts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Makes a traceroute record of the rows of a trace (warts(5), "Traceroute structure"). */
final class TraceRecord {
  private static final int LIST = 1;
  private static final int CYCLE_START = 2;
  private static final int TRACE = 6;
  private static final int CHECKSUM_IN_PORT = 0x20;
  private static final int HOP_HAS_TTL = 0x10;
  private static final int HOP_IS_TCP = 0x20;
  private static final int HOP_IS_UDP = 0x40;

  private TraceRecord() {}

  /** The list that all traces belong to. */
  static byte[] list() {
    return Fields.record(LIST, ints(1, 0), Fields.text("pktlab"), new byte[1]);
  }

  /** The cycle that all traces belong to. Its time is not known: traces have their own, on the endpoints' clocks. */
  static byte[] cycle() {
    return Fields.record(CYCLE_START, ints(1, 1, 1, 0), new byte[1]);
  }

  private static byte[] ints(int... values) {
    ByteBuffer out = ByteBuffer.allocate(values.length * 4);
    for (int value : values) {
      out.putInt(value);
    }
    return out.array();
  }

  static byte[] of(List<ProbeRow> rows) throws IOException {
    Fields.Addresses addresses = new Fields.Addresses();
    byte[] parameters = parameters(rows, addresses);
    ByteArrayOutputStream hops = new ByteArrayOutputStream();
    int count = 0;
    for (ProbeRow row : rows) {
      if (row.text("from") != null) {
        hops.writeBytes(hop(row, addresses));
        count++;
      }
    }
    return Fields.record(TRACE, parameters, new byte[] {(byte) (count >>> 8), (byte) count}, hops.toByteArray(), new byte[2]);
  }

  private static byte[] parameters(List<ProbeRow> rows, Fields.Addresses addresses) throws IOException {
    ProbeRow first = rows.get(0);
    ProbeRow last = rows.get(rows.size() - 1);
    long begin = rows.stream().filter(r -> r.has("tx_ns")).mapToLong(r -> r.number("tx_ns")).min().orElse(0);
    long attempts = rows.stream().mapToLong(r -> r.number("attempt")).max().orElse(1);
    long hops = rows.stream().mapToLong(r -> r.number("hop")).max().orElse(0);
    // An answer after its time-out is a second row of one probe.
    long probes = rows.stream().map(r -> r.number("hop") << 8 | r.number("attempt")).distinct().count();
    String method = String.valueOf(first.text("method"));
    String stop = last.text("stop");
    boolean unreachable = "unreach".equals(stop) || "icmp".equals(stop);
    Fields fields = new Fields(addresses).u32(1, 1).u32(2, 1).time(5, begin).u8(6, reason(stop));
    fields.u8(7, unreachable ? last.number("icmp".equals(stop) ? "icmp_type" : "icmp_code") : 0);
    fields.u8(8, method.equals("icmp-paris") ? CHECKSUM_IN_PORT : 0).u8(9, attempts).u8(10, hops).u8(11, type(method));
    fields.u16(12, first.number("probe_size")).u16(13, first.number("sport")).u16(14, first.number("dport"));
    fields.u8(15, first.number("hop")).u16(19, hops).u16(23, probes);
    return fields.address(26, first.text("source")).address(27, first.text("target")).encode();
  }

  private static int reason(String stop) {
    return switch (String.valueOf(stop)) {
      case "completed" -> 1;
      case "unreach" -> 2;
      case "icmp" -> 3;
      case "loop" -> 4;
      case "gaplimit" -> 5;
      case "unsent" -> 6;
      case "hoplimit" -> 7;
      default -> 0;
    };
  }

  private static int type(String method) {
    return switch (method) {
      case "icmp" -> 1;
      case "udp" -> 2;
      case "tcp" -> 3;
      case "icmp-paris" -> 4;
      default -> 5;
    };
  }

  private static byte[] hop(ProbeRow row, Fields.Addresses addresses) throws IOException {
    boolean icmp = row.has("icmp_type");
    boolean tcp = !icmp && row.has("tcp_flags");
    Fields fields = new Fields(addresses).u8(2, row.number("hop")).u8(3, row.number("reply_ttl"));
    fields.u8(4, HOP_HAS_TTL | (tcp ? HOP_IS_TCP : icmp ? 0 : HOP_IS_UDP)).u8(5, row.number("attempt") - 1);
    fields.u32(6, Math.round(row.decimal("rtt_ms") * 1_000)).u16(8, row.number("probe_size")).u16(9, row.number("reply_size"));
    fields.u8(11, row.number("reply_tos"));
    if (icmp) {
      fields.u16(7, row.number("icmp_type") << 8 | row.number("icmp_code"));
    }
    if (row.has("quoted_ttl")) {
      fields.u8(14, row.number("quoted_ttl"));
    }
    if (tcp) {
      fields.u8(15, row.number("tcp_flags"));
    }
    return fields.address(18, row.text("from")).time(19, row.number("tx_ns")).encode();
  }
}
