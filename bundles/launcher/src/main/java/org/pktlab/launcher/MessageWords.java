package org.pktlab.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.pktlab.protocol.Family;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;

/** Says in words what numbers and octets of a message mean. */
final class MessageWords {
  private static final List<String> TIMES = List.of("time", "endtime", "resumeHint", "firstTime", "lastTime");
  private static final Set<Integer> SCHEDULED = Set.of(MessageType.NSEND, MessageType.NCTL);

  private MessageWords() {}

  /** Returns words by the names of the fields that they explain; empty if all speak for themselves. */
  static ObjectNode of(ObjectNode fields) {
    ObjectNode words = JsonLines.MAPPER.createObjectNode();
    if (fields.has("family")) {
      words.put("family", Family.name(fields.get("family").intValue()));
    }
    if (fields.has("proto")) {
      words.put("proto", Protocol.name(fields.get("proto").intValue()));
    }
    if (fields.has("status")) {
      int status = fields.get("status").intValue();
      words.put("status", StatusCode.name(status) + ": " + StatusCode.describe(status));
    }
    if (fields.path("typeCode").intValue() == MessageType.NSTAT) {
      words.put("code", StatCode.name(fields.get("code").intValue()));
    }
    for (String name : TIMES) {
      if (fields.has(name)) {
        words.put(name, time(fields.get(name).bigIntegerValue().longValue(), SCHEDULED.contains(fields.path("typeCode").intValue())));
      }
    }
    for (String name : List.of("laddr", "raddr")) {
      if (fields.has(name)) {
        words.put(name, address(HexFormat.of().parseHex(fields.get(name).asText())));
      }
    }
    if (fields.has("addr")) {
      words.put("addr", String.format("0x%08x", fields.get("addr").longValue()));
    }
    return words;
  }

  private static String time(long ns, boolean scheduled) {
    if (ns == 0 && scheduled) {
      return "at once";
    }
    return ns == -1 ? "for ever" : Moments.text(ns);
  }

  private static String address(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of a message has 4 or 16 octets", e);
    }
  }
}
