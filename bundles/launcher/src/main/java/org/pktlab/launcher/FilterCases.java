package org.pktlab.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.ProgramException;

/** Programs with packets, as {@code pktlab filter run --batch} judges them: the same by every engine that is asked. */
final class FilterCases {
  /** Most octets that the machine of the C package accepts of a packet (packetlab-programs section 3.4). */
  private static final int MOST_ACCEPTED = 131_072;

  private final List<FilterEngine> engines;
  private final Dialect dialect;
  private long differences;

  FilterCases(List<FilterEngine> engines, Dialect dialect) {
    this.engines = engines;
    this.dialect = dialect;
  }

  /** Cases for which the engines did not say the same. */
  long differences() {
    return differences;
  }

  /** Answers {@code {"text" or "encoded","packet","ctx"}}. */
  ObjectNode answer(ObjectNode one) throws CaseException {
    ObjectNode answer = JsonLines.MAPPER.createObjectNode();
    boolean linux = dialect == Dialect.LINUX;
    ByteBuffer packet = octets(one, "packet");
    ByteBuffer context = octets(one, "ctx");
    EbpfProgram program = program(one, answer);
    if (program == null) {
      return answer;
    }
    if (!linux) {
      answer.put("load", "ok");
    }
    answer.put("encoded", HexFormat.of().formatHex(program.encode())).put("sha256", program.digestHex());
    ObjectNode first = null;
    for (FilterEngine engine : engines) {
      ObjectNode verdict = JsonLines.MAPPER.createObjectNode();
      judge(engine, program, packet, context, verdict);
      if (first != null && !first.equals(verdict)) {
        differences++;
        return answer.put("error", "the engines differ: " + engines.get(0).name() + " says " + first + ", " + engine.name() + " says " + verdict);
      }
      first = verdict;
    }
    return answer.setAll(first);
  }

  /** The program; null when the case holds none, which the answer then says. */
  private static EbpfProgram program(ObjectNode one, ObjectNode answer) throws CaseException {
    JsonNode text = one.get("text");
    if (text != null && text.isTextual()) {
      try {
        return EbpfProgram.parseText(text.asText().getBytes(StandardCharsets.UTF_8));
      } catch (ProgramException e) {
        answer.put("load", "error").put("error_line", e.line()).put("load_error", e.getMessage()).putNull("encoded").putNull("sha256");
        return null;
      }
    }
    JsonNode encoded = one.get("encoded");
    if (encoded == null || !encoded.isTextual()) {
      throw CaseException.lacking("the case lacks its input: text must be a program's text, or encoded its octets in hexadecimal");
    }
    try {
      return FilterPrograms.encoded(FrameCases.octets(encoded.asText()));
    } catch (CaseException e) {
      answer.put("load", "error").putNull("error_line").put("load_error", e.getMessage()).putNull("encoded").putNull("sha256");
      return null;
    }
  }

  private static ByteBuffer octets(ObjectNode one, String name) throws CaseException {
    JsonNode hex = one.get(name);
    if (hex == null || hex.isNull()) {
      return null;
    }
    if (!hex.isTextual()) {
      throw CaseException.malformed(name + " must be octets in hexadecimal, or null");
    }
    return ByteBuffer.wrap(FrameCases.octets(hex.asText()));
  }

  private void judge(FilterEngine engine, EbpfProgram program, ByteBuffer packet, ByteBuffer context, ObjectNode verdict) {
    boolean linux = dialect == Dialect.LINUX;
    Filter filter;
    try {
      filter = engine.load(program, dialect);
    } catch (FilterRejectedException e) {
      verdict.put(linux ? "load" : "verify", linux ? "rejected" : "reject").put("verify_error", e.category().name()).put("why", e.getMessage());
      return;
    }
    verdict.put(linux ? "load" : "verify", "ok");
    ByteBuffer given = packet == null ? ByteBuffer.allocate(0) : packet;
    try {
      // What a program writes to its context must not reach the next engine.
      long result = filter.run(given, 0, given.limit(), context == null ? null : ByteBuffer.wrap(context.array().clone()));
      if (linux) {
        verdict.put("retval", result & 0xffff_ffffL);
      } else {
        verdict.put("exec", "ok").put("r0", String.format("0x%016x", result)).put("accept", accepted(result));
      }
    } catch (FilterFaultException e) {
      verdict.put("exec", "error").put("exec_error", e.kind().name().toLowerCase(Locale.ROOT));
    }
  }

  /** Octets that the C package takes of a packet by this result: that of the signed low half, within bounds. */
  static int accepted(long result) {
    return Math.abs(Math.max(-MOST_ACCEPTED, Math.min(MOST_ACCEPTED, (int) result)));
  }
}
