package org.pktlab.filter.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.ProgramException;

/**
 * The kernel's own opinion: what it loads is loaded here, with the same results. Of programs made by chance it loads a few that are rejected here, because it knows single
 * bits of numbers where {@link Value} knows ranges: fewer than one in a thousand. Some that it does not load are loaded here. Both are counted and printed. Needs the
 * privilege to load programs.
 */
class KernelAgreesTest {
  private static final boolean LONG = Boolean.getBoolean("pktlab.long");
  private static final int COUNT = Integer.getInteger("pktlab.count", LONG ? 20_000 : 400);

  /** The result is an address of the kernel. */
  private static final Set<String> ADDRESSES = Set.of("r1_is_zero");

  /** Of more turns than this verifier follows; kernels disagree about them. */
  private static final Set<String> LONG_LOOPS = Set.of("budget_just_enough", "budget_one_too_many");

  private int linkHeaders;

  @Test
  void shouldDecideAsTheKernelDoesOnKnownPrograms() throws IOException, ProgramException {
    Kernel kernel = Kernel.get();
    List<String> wrong = new ArrayList<>();
    List<String> onlyHere = new ArrayList<>();
    int loaded = 0;
    for (JsonNode vector : VectorsTest.cases("ebpf.json")) {
      EbpfProgram program = VectorsTest.program(vector);
      String id = vector.get("id").asText();
      int descriptor = kernel.load(program);
      List<Filter> filters = filters(program);
      if (descriptor >= 0 && filters.isEmpty()) {
        wrong.add(id + ": the kernel loads it, and here " + reason(program));
      } else if (descriptor < 0 && !filters.isEmpty()) {
        onlyHere.add(id);
      } else if (descriptor >= 0) {
        loaded++;
        boolean runs = vector.get("packet").isTextual() && !vector.get("packet").asText().isEmpty() && !ADDRESSES.contains(id);
        if (runs) {
          compare(kernel, descriptor, program, filters, HexFormat.of().parseHex(vector.get("packet").asText()), id, wrong);
        }
      }
      if (descriptor >= 0) {
        kernel.close(descriptor);
      }
    }
    System.out.println("kernel: " + loaded + " known programs loaded by it and here; loaded here only: " + onlyHere);
    wrong.removeIf(each -> LONG_LOOPS.contains(each.substring(0, each.indexOf(':'))));
    assertEquals(List.of(), wrong);
    assertEquals(List.of(), onlyHere);
    assertTrue(loaded >= 235, loaded + " programs loaded");
  }

  @Test
  void shouldDecideAsTheKernelDoesOnProgramsMadeByChance() {
    Kernel kernel = Kernel.get();
    long seed = Long.getLong("pktlab.seed", LONG ? System.nanoTime() : 20_260_703L);
    RandomPrograms programs = new RandomPrograms(new SplittableRandom(seed), Dialect.LINUX, false);
    List<String> wrong = new ArrayList<>();
    List<String> onlyThere = new ArrayList<>();
    TreeMap<Integer, Integer> onlyHere = new TreeMap<>();
    int loaded = 0;
    int packets = 0;
    for (int made = 0; made < COUNT; made++) {
      EbpfProgram program = programs.program();
      int descriptor = kernel.load(program);
      List<Filter> filters = filters(program);
      String hex = HexFormat.of().formatHex(program.encode());
      if (descriptor < 0) {
        if (!filters.isEmpty()) {
          onlyHere.merge(-descriptor, 1, Integer::sum);
        }
        continue;
      }
      loaded++;
      if (filters.isEmpty()) {
        onlyThere.add(hex + ": the kernel loads it, and here " + reason(program));
        kernel.close(descriptor);
        continue;
      }
      for (int i = 0; i < 4; i++) {
        byte[] packet = programs.packet();
        if (packet.length > 0) {
          packets++;
          compare(kernel, descriptor, program, filters, packet, hex, wrong);
        }
      }
      kernel.close(descriptor);
    }
    System.out.println(
        "kernel: seed " + seed + ", " + COUNT + " programs, " + loaded + " loaded by it, " + packets + " packets, " + wrong.size() + " differences; loaded here only, by error number: " + onlyHere + "; loaded by it only: " + onlyThere.size());
    assertEquals(List.of(), wrong, onlyThere.toString());
    assertTrue(linkHeaders * 1_000L <= packets, linkHeaders + " results of the link's header");
    assertTrue(onlyThere.size() * 1_000L <= Math.max(COUNT, 3_000), onlyThere.toString());
    assertTrue(loaded * 10L > COUNT, loaded + " of " + COUNT + " loaded");
  }

  private static boolean hasIndirectLoad(EbpfProgram program) {
    for (int i = 0; i < program.size(); i++) {
      int opcode = program.instruction(i).opcode();
      if (Code.kind(opcode) == Code.LD && Code.mode(opcode) == Code.IND) {
        return true;
      }
    }
    return false;
  }

  /** Why a program is rejected here. */
  private static String reason(EbpfProgram program) {
    try {
      new Interpreter().load(program, Dialect.LINUX);
      return "";
    } catch (FilterRejectedException e) {
      return e.category() + " at " + e.getMessage();
    }
  }

  /** One of each engine; none when the program is rejected. */
  private static List<Filter> filters(EbpfProgram program) {
    List<Filter> filters = new ArrayList<>();
    try {
      for (FilterEngine engine : Engines.ALL) {
        filters.add(engine.load(program, Dialect.LINUX));
      }
    } catch (FilterRejectedException e) {
      return List.of();
    }
    return filters;
  }

  private void compare(Kernel kernel, int descriptor, EbpfProgram program, List<Filter> filters, byte[] packet, String what, List<String> wrong) {
    long expected = kernel.run(descriptor, packet);
    for (Filter filter : filters) {
      String seen;
      try {
        seen = Long.toString(filter.run(ByteBuffer.wrap(packet), 0, packet.length) & 0xffff_ffffL);
      } catch (FilterFaultException e) {
        seen = e.getMessage();
      }
      // By offsets from -0x200000 on the kernel reads the link's header, which captured packets do not have here: they end a run with 0.
      if (!seen.equals(Long.toString(expected)) && seen.equals("0") && hasIndirectLoad(program)) {
        linkHeaders++;
      } else if (!seen.equals(Long.toString(expected))) {
        wrong.add(what + " of " + HexFormat.of().formatHex(packet) + ": " + expected + " from the kernel, " + seen + " from " + filter.getClass().getSimpleName());
      }
    }
  }
}
