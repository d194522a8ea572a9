package org.pktlab.filter.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterRejectedException.Category;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.ProgramException;

/** Programs that are wrong, or mean harm, and packets that are too short for anything: a clear answer within bounded time, by both engines. */
@Timeout(60)
class BadProgramsTest {
  private static final EbpfInstruction EXIT = instruction(0x95, 0, 0, 0, 0);
  private static final byte[] ONE_OCTET = {0x45};

  private static EbpfInstruction instruction(int opcode, int dst, int src, int offset, int imm) {
    return new EbpfInstruction(opcode, dst, src, (short) offset, imm);
  }

  private static EbpfProgram program(String lines) throws ProgramException {
    return EbpfProgram.parseText(lines.replace(';', '\n').getBytes(StandardCharsets.US_ASCII));
  }

  private static String outcome(FilterEngine engine, EbpfProgram program, Dialect dialect, byte[] packet) {
    try {
      Filter filter = engine.load(program, dialect);
      return "0x" + Long.toHexString(filter.run(ByteBuffer.wrap(packet), 0, packet.length));
    } catch (FilterRejectedException e) {
      return e.category() + ", " + e.getMessage();
    } catch (FilterFaultException e) {
      return e.kind().name();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Loops without end.
        "REFERENCE | 0xb7 0 0 0 0; 0x05 0 0 0xfffe 0; 0x95 0 0 0 0 | LIMIT_OR_END",
        "LINUX | 0xb7 0 0 0 0; 0x05 0 0 0xfffe 0; 0x95 0 0 0 0 | UNREACHABLE, instruction 2: no path leads here",
        "LINUX | 0xb7 0 0 0 0; 0x61 2 1 0 0; 0x55 2 0 0xfffe 0; 0x95 0 0 0 0 | UNBOUNDED_LOOP, instruction 1: a loop through here that nothing ends",
        "REFERENCE | 0x05 0 0 0xffff 0; 0x95 0 0 0 0 | SELF_JUMP, instruction 0: a jump to itself",
        "LINUX | 0x05 0 0 0xffff 0 | SELF_JUMP, instruction 0: a jump to itself",
        // A loop that would end after far too long a time.
        "REFERENCE | 0x18 1 0 0 0; 0x00 0 0 0 0x7fffffff; 0x17 1 0 0 1; 0x55 1 0 0xfffe 0; 0x95 0 0 0 0 | LIMIT_OR_END",
        "LINUX | 0xb7 0 0 0 0; 0x18 1 0 0 0; 0x00 0 0 0 0x7fffffff; 0x17 1 0 0 1; 0x55 1 0 0xfffe 0; 0x95 0 0 0 0 | UNBOUNDED_LOOP, instruction 4: a path of more than 8192 jumps",
        // Jumps out of the program, and into the middle of an instruction.
        "REFERENCE | 0x05 0 0 7 0; 0x95 0 0 0 0 | JUMP_OUT_OF_RANGE, instruction 0: a jump to instruction 8 of 2",
        "LINUX | 0xb7 0 0 0 0; 0x15 0 0 7 0; 0x95 0 0 0 0 | JUMP_OUT_OF_RANGE, instruction 1: a jump to instruction 9 of 3",
        "REFERENCE | 0x05 0 0 0x8000 0; 0x95 0 0 0 0 | JUMP_OUT_OF_RANGE, instruction 0: a jump to instruction -32767 of 2",
        "REFERENCE | 0x05 0 0 1 0; 0x18 0 0 0 0; 0 0 0 0 0; 0x95 0 0 0 0 | JUMP_INTO_LDDW, instruction 0: a jump into the 64-bit immediate before instruction 3",
        "LINUX | 0xb7 0 0 0 0; 0xb7 0 0 0 0 | NO_EXIT, instruction 1: the program ends here without an exit",
        "REFERENCE | 0xb7 0 0 0 0; 0xb7 0 0 0 0 | LIMIT_OR_END",
        // Division by zero.
        "REFERENCE | 0x37 0 0 0 0; 0x95 0 0 0 0 | ZERO_DIVISOR_IMM, instruction 0: division by the constant 0",
        "LINUX | 0xb7 0 0 0 1; 0x97 0 0 0 0; 0x95 0 0 0 0 | ZERO_DIVISOR_IMM, instruction 1: division by the constant 0",
        "REFERENCE | 0xb7 0 0 0 9; 0xb7 3 0 0 0; 0x3f 0 3 0 0; 0x95 0 0 0 0 | DIV_ZERO",
        "LINUX | 0xb7 0 0 0 9; 0xb7 3 0 0 0; 0x3f 0 3 0 0; 0x95 0 0 0 0 | 0x0",
        "LINUX | 0xb7 0 0 0 9; 0xb7 3 0 0 0; 0x9f 0 3 0 0; 0x95 0 0 0 0 | 0x9",
        // Loads and stores out of bounds.
        "REFERENCE | 0x79 0 10 0 0; 0x95 0 0 0 0 | OOB_LOAD",
        "REFERENCE | 0x79 0 10 0xfdf8 0; 0x95 0 0 0 0 | OOB_LOAD",
        "REFERENCE | 0x7a 10 0 0xfff9 0; 0x95 0 0 0 0 | OOB_STORE",
        "REFERENCE | 0x18 3 0 0 0xfffffff8; 0 0 0 0 0x7fffffff; 0x7b 3 0 0x7fff 0; 0x95 0 0 0 0 | OOB_STORE",
        "LINUX | 0x79 0 10 0 0; 0x95 0 0 0 0 | BAD_ACCESS, instruction 0: an access outside of the stack of 512 octets",
        "LINUX | 0xb7 0 0 0 0; 0x7b 0 0 0 0; 0x95 0 0 0 0 | BAD_ACCESS, instruction 1: an address that is neither in the stack nor in the context",
        // Packet loads beyond a packet of one octet.
        "REFERENCE | 0x28 0 0 0 0; 0x95 0 0 0 0 | OOB_LOAD",
        "REFERENCE | 0x30 0 0 0 0xffffffff; 0x95 0 0 0 0 | OOB_LOAD",
        "REFERENCE | 0x30 0 0 0 0; 0x95 0 0 0 0 | 0x45",
        "LINUX | 0xbf 6 1 0 0; 0x30 0 0 0 0; 0x95 0 0 0 0 | 0x45",
        "LINUX | 0xbf 6 1 0 0; 0x28 0 0 0 0; 0xb7 0 0 0 7; 0x95 0 0 0 0 | 0x0",
        "LINUX | 0xbf 6 1 0 0; 0x20 0 0 0 0x7fffffff; 0xb7 0 0 0 7; 0x95 0 0 0 0 | 0x0",
        "LINUX | 0xbf 6 1 0 0; 0x18 2 0 0 0x7fffffff; 0 0 0 0 0; 0x40 0 2 0 0x7fffffff; 0xb7 0 0 0 7; 0x95 0 0 0 0 | 0x0"
      })
  void shouldAnswerClearly(Dialect dialect, String lines, String expected) throws ProgramException {
    for (FilterEngine engine : Engines.ALL) {
      assertEquals(expected, outcome(engine, program(lines), dialect, ONE_OCTET), engine.name());
    }
  }

  @Test
  void shouldRefuseAProgramOf100000Instructions() {
    List<EbpfInstruction> instructions = new ArrayList<>();
    for (int i = 1; i < 100_000; i++) {
      instructions.add(instruction(0xb7, 0, 0, 0, 1));
    }
    instructions.add(EXIT);
    EbpfProgram program = EbpfProgram.of(instructions);
    for (Dialect dialect : Dialect.values()) {
      for (FilterEngine engine : Engines.ALL) {
        FilterRejectedException e = assertThrows(FilterRejectedException.class, () -> engine.load(program, dialect));
        assertEquals(Category.TOO_MANY_INSTRUCTIONS, e.category());
        assertEquals("the program has 100000 instructions, at most 65535 are run", e.getMessage());
      }
    }
  }

  @Test
  void shouldRunTheLongestProgramWithinTheBudget() throws FilterRejectedException {
    List<EbpfInstruction> instructions = new ArrayList<>();
    instructions.add(instruction(0xb7, 0, 0, 0, 0));
    while (instructions.size() < 65_534) {
      instructions.add(instruction(0x07, 0, 0, 0, 1));
    }
    instructions.add(EXIT);
    for (Dialect dialect : Dialect.values()) {
      for (FilterEngine engine : Engines.ALL) {
        assertEquals("0x" + Integer.toHexString(65_533), outcome(engine, EbpfProgram.of(instructions), dialect, ONE_OCTET));
      }
    }
  }

  /** Each jump doubles the paths: 2 to the power of 1,000. */
  @Test
  void shouldJudgeAProgramOfVeryManyPathsInBoundedTime() {
    List<EbpfInstruction> instructions = new ArrayList<>();
    instructions.add(instruction(0xbf, 6, 1, 0, 0));
    instructions.add(instruction(0xb7, 8, 0, 0, 0));
    for (int i = 0; i < 1_000; i++) {
      instructions.add(instruction(0x30, 0, 0, 0, i % 20));
      instructions.add(instruction(0x15, 0, 0, 1, i % 256));
      instructions.add(instruction(0x07, 8, 0, 0, i));
    }
    // Where paths that meet are taken together, this is not known to be a number of the stack.
    instructions.add(instruction(0x57, 8, 0, 0, 0xf8));
    instructions.add(instruction(0xbf, 2, 10, 0, 0));
    instructions.add(instruction(0x1f, 2, 8, 0, 0));
    instructions.add(instruction(0x72, 2, 0, -8, 1));
    instructions.add(instruction(0xb7, 0, 0, 0, 1));
    instructions.add(EXIT);
    long start = System.nanoTime();
    for (FilterEngine engine : Engines.ALL) {
      String outcome = outcome(engine, EbpfProgram.of(instructions), Dialect.LINUX, new byte[40]);
      assertTrue(outcome.equals("0x1") || outcome.startsWith("UNBOUNDED_LOOP"), outcome);
    }
    assertTrue(System.nanoTime() - start < 10_000_000_000L);
  }

  /** The budget holds for the worst that a packet can cost: 65,536 instructions. */
  @Test
  void shouldEndEveryRunWithTheBudget() throws ProgramException, FilterRejectedException {
    EbpfProgram spin = program("0xbf 6 1 0 0;0x7b 10 1 0xfff8 0;0x79 3 10 0xfff8 0;0x05 0 0 0xfffd 0");
    for (FilterEngine engine : Engines.ALL) {
      Filter filter = engine.load(spin, Dialect.REFERENCE);
      long start = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        FilterFaultException e = assertThrows(FilterFaultException.class, () -> filter.run(ByteBuffer.wrap(ONE_OCTET), 0, 1));
        assertEquals(FilterFaultException.Kind.LIMIT_OR_END, e.kind());
        assertEquals(0, e.getStackTrace().length);
      }
      assertTrue(System.nanoTime() - start < 10_000_000_000L, engine.name());
    }
  }

  @Test
  void shouldRefusePacketsThatAreNotInTheBuffer() throws ProgramException, FilterRejectedException {
    for (FilterEngine engine : Engines.ALL) {
      Filter filter = engine.load(program("0x30 0 0 0 0;0x95 0 0 0 0"), Dialect.REFERENCE);
      ByteBuffer packet = ByteBuffer.allocate(10).limit(5);
      assertThrows(IndexOutOfBoundsException.class, () -> filter.run(packet, 0, 6));
      assertThrows(IndexOutOfBoundsException.class, () -> filter.run(packet, -1, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> filter.run(packet, 4, Integer.MAX_VALUE));
      assertThrows(FilterFaultException.class, () -> filter.run(packet, 5, 0));
    }
  }
}
