package org.pktlab.filter.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.ProgramException;

/** Replays what the C package and Linux made of programs, with both engines and in both dialects. */
class VectorsTest {
  private static final List<FilterEngine> ENGINES = Engines.ALL;

  /** Where the C package divides what only looks like zero its process dies; the rule of Linux is taken instead: quotient 0, remainder the dividend. */
  private static final Map<String, Long> INSTEAD_OF_A_CRASH = Map.of("alu32_div_reg_low_half_zero", 0L, "alu32_mod_reg_low_half_zero", 9L);

  /** Undefined in C, by the width of shifts; masked here as in the recorded build. */
  private static final Set<String> UNDEFINED_IN_C =
      Set.of(
          "alu32_rsh_imm_overwide", "alu32_rsh_reg_overwide", "alu32_arsh_imm_overwide", "alu32_arsh_reg_overwide", "alu64_lsh_imm_overwide",
          "alu64_lsh_reg_overwide", "alu64_rsh_imm_overwide", "alu64_rsh_reg_overwide", "alu64_arsh_imm_overwide", "alu64_arsh_reg_overwide");

  /** Loaded by Linux, with a result that is an address of the kernel. */
  private static final Set<String> ADDRESSES = Set.of("r1_is_zero");

  /** What Linux rejects and this verifier does not, with the reason. */
  private static final Map<String, String> NOT_REJECTED = Map.of();

  static List<JsonNode> cases(String resource) throws IOException {
    try (InputStream in = VectorsTest.class.getResourceAsStream(resource)) {
      List<JsonNode> cases = new ArrayList<>();
      new ObjectMapper().readTree(in).get("cases").forEach(cases::add);
      return cases;
    }
  }

  static EbpfProgram program(JsonNode vector) throws ProgramException {
    return EbpfProgram.parseText(vector.get("text").asText().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static ByteBuffer octets(JsonNode hex) {
    return hex.isNull() ? ByteBuffer.allocate(0) : ByteBuffer.wrap(HexFormat.of().parseHex(hex.asText()));
  }

  @TestFactory
  List<DynamicTest> shouldDecideAsTheReferenceDoes() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String resource : List.of("ebpf.json", "ebpf_text.json")) {
      for (JsonNode vector : cases(resource)) {
        if (vector.has("load")) {
          continue;
        }
        for (FilterEngine engine : ENGINES) {
          tests.add(DynamicTest.dynamicTest(vector.get("id").asText() + " " + engine.name(), () -> reference(engine, vector)));
        }
      }
    }
    assertEquals((320 + 38 - 17) * ENGINES.size(), tests.size());
    return tests;
  }

  private static void reference(FilterEngine engine, JsonNode vector) throws ProgramException, FilterRejectedException, FilterFaultException {
    EbpfProgram program = program(vector);
    String id = vector.get("id").asText();
    if (vector.get("verify").asText().equals("reject")) {
      FilterRejectedException e = assertThrows(FilterRejectedException.class, () -> engine.load(program, Dialect.REFERENCE));
      assertEquals(vector.get("verify_error").asText(), e.category().name());
      return;
    }
    assertEquals(vector.get("portable").asBoolean(), !INSTEAD_OF_A_CRASH.containsKey(id) && !UNDEFINED_IN_C.contains(id));
    Filter filter = engine.load(program, Dialect.REFERENCE);
    ByteBuffer packet = octets(vector.get("packet"));
    ByteBuffer context = vector.get("ctx").isNull() ? null : octets(vector.get("ctx"));
    // Twice: a run must leave nothing behind for the next.
    for (int run = 0; run < 2; run++) {
      if (INSTEAD_OF_A_CRASH.containsKey(id)) {
        assertEquals("crash", vector.get("exec").asText());
        assertEquals(INSTEAD_OF_A_CRASH.get(id), filter.run(packet, 0, packet.limit(), context));
      } else if (vector.get("exec").asText().equals("error")) {
        FilterFaultException e = assertThrows(FilterFaultException.class, () -> filter.run(packet, 0, packet.limit(), context));
        assertEquals(vector.get("exec_error").asText(), e.kind().name().toLowerCase(Locale.ROOT));
      } else {
        long expected = Long.parseUnsignedLong(vector.get("r0").asText().substring(2), 16);
        assertEquals(expected, filter.run(packet, 0, packet.limit(), context));
      }
    }
  }

  @TestFactory
  List<DynamicTest> shouldDecideAsLinuxDoes() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : cases("ebpf.json")) {
      for (FilterEngine engine : ENGINES) {
        if (vector.has("linux")) {
          tests.add(DynamicTest.dynamicTest(vector.get("id").asText() + " " + engine.name(), () -> linux(engine, vector)));
        }
      }
    }
    assertEquals(286 * ENGINES.size(), tests.size());
    return tests;
  }

  private static void linux(FilterEngine engine, JsonNode vector) throws ProgramException, FilterRejectedException, FilterFaultException {
    EbpfProgram program = program(vector);
    JsonNode expected = vector.get("linux");
    String id = vector.get("id").asText();
    if (expected.get("load").asText().equals("rejected") && !NOT_REJECTED.containsKey(id)) {
      assertThrows(FilterRejectedException.class, () -> engine.load(program, Dialect.LINUX));
      return;
    }
    Filter filter = engine.load(program, Dialect.LINUX);
    ByteBuffer packet = octets(vector.get("packet"));
    if (expected.get("load").asText().equals("ok") && !ADDRESSES.contains(id)) {
      // Twice: a run must leave nothing behind for the next.
      for (int run = 0; run < 2; run++) {
        assertEquals(expected.get("retval").asLong(), filter.run(packet, 0, packet.limit()) & 0xffff_ffffL);
      }
    }
  }

  @Test
  void shouldNameTheInstructionThatIsRejected() throws IOException, ProgramException {
    Set<String> named = new TreeSet<>();
    for (JsonNode vector : cases("ebpf.json")) {
      for (Dialect dialect : Dialect.values()) {
        EbpfProgram program = program(vector);
        try {
          new Interpreter().load(program, dialect);
        } catch (FilterRejectedException e) {
          assertTrue(e.instruction() >= 0 && e.instruction() < program.size() || program.size() == 0, vector.get("id").asText());
          named.add(e.category().name());
        }
      }
    }
    assertTrue(
        named.containsAll(
            List.of("UNINITIALISED", "UNREACHABLE", "NO_EXIT", "UNBOUNDED_LOOP", "BAD_ACCESS", "BAD_SHIFT", "RESERVED_FIELD", "SELF_JUMP", "JUMP_INTO_LDDW")),
        named.toString());
  }
}
