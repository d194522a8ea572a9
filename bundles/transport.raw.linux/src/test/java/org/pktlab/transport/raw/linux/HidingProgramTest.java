package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.ebpf.Interpreter;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.parts.Errno;

/** What the kernel makes of capture programs, compared with what the endpoint's own engine makes of them. */
class HidingProgramTest {
  private static final int TEST_RUN = 10;
  private static final int HEADER = 14;
  private static final int[] CONDITIONS = {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0};
  private static final int[] ARITHMETIC = {0x00, 0x10, 0x20, 0x40, 0x50, 0xa0};
  private static final int[] WIDTHS = {0x00, 0x08, 0x10};
  private static final int[] EDGES = {
    0, 1, -1, 9, 15, 16, 60, 63, 64, 65, -14, -13, 0xfff0, 0x10000, 0x7ffffff0, Integer.MAX_VALUE, Integer.MIN_VALUE, -0x100000, -0x100000 + 9
  };

  private final Interpreter interpreter = new Interpreter();

  private static EbpfInstruction code(int opcode, int dst, int src, int offset, int imm) {
    return new EbpfInstruction(opcode, dst, src, (short) offset, imm);
  }

  /**
   * What the kernel gives back for a packet; its link-layer header says IPv4, IPv6 or something else as the packet does. The kernel wants one for programs of
   * either type, reads the protocol from it, and takes it off for socket filters only: to those a packet begins with the network layer, as in a rule.
   */
  private static int verdict(int program, byte[] packet) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment frame = arena.allocate(HEADER + packet.length);
      int version = packet[0] >> 4;
      frame.set(JAVA_BYTE, 12, (byte) (version == 4 ? 0x08 : version == 6 ? 0x86 : 0x88));
      frame.set(JAVA_BYTE, 13, (byte) (version == 4 ? 0x00 : version == 6 ? 0xdd : 0xb5));
      MemorySegment.copy(packet, 0, frame, JAVA_BYTE, HEADER, packet.length);
      MemorySegment run = arena.allocate(144, 8);
      run.set(JAVA_INT, 0, program);
      run.set(JAVA_INT, 8, (int) frame.byteSize());
      run.set(JAVA_LONG, 16, frame.address());
      assertEquals(0, Bpf.call(arena, TEST_RUN, run));
      return run.get(JAVA_INT, 4);
    }
  }

  private static byte[] packet(SplittableRandom random, int length) {
    byte[] packet = new byte[length];
    random.nextBytes(packet);
    packet[0] = (byte) (length < 40 ? 0 : random.nextBoolean() ? 0x45 : 0x60); // the kernel makes no test of IP packets with half a header
    return packet;
  }

  /** A number that is often near the end of a packet, or of all numbers. */
  private static int place(SplittableRandom random) {
    return random.nextInt(3) == 0 ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(70);
  }

  private static EbpfProgram program(SplittableRandom random) {
    List<EbpfInstruction> out = new ArrayList<>();
    out.add(code(0xbf, 6, 1, 0, 0));
    for (int r = 0; r < 10; r++) {
      if (r != 6) {
        out.add(code(0xb7, r, 0, 0, place(random)));
      }
    }
    int end = out.size() + 1 + random.nextInt(20);
    while (out.size() < end) {
      int dst = random.nextInt(4) == 0 ? 0 : 7 + random.nextInt(3);
      int src = random.nextInt(4) == 0 ? 0 : 7 + random.nextInt(3);
      switch (random.nextInt(6)) {
        case 0 -> out.add(code(0x20 | WIDTHS[random.nextInt(3)], 0, 0, 0, place(random)));
        case 1 -> out.add(code(0x40 | WIDTHS[random.nextInt(3)], 0, src, 0, random.nextBoolean() ? random.nextInt(20) : place(random)));
        case 2 -> {
          int width = random.nextInt(3); // 4, 2 or 1 octets
          int field = random.nextInt(3) == 0 ? 4 * random.nextInt(12) : 16 * random.nextInt(2);
          out.add(code(0x61 | WIDTHS[width], dst, 6, field + (4 >> width) * random.nextInt(1 << width), 0));
        }
        case 3 -> out.add(code((random.nextBoolean() ? 0x04 : 0x07) | ARITHMETIC[random.nextInt(6)] | 0x08, dst, src, 0, 0));
        case 4 -> out.add(code((random.nextBoolean() ? 0x04 : 0x07) | ARITHMETIC[random.nextInt(6)], dst, 0, 0, place(random)));
        default ->
            out.add(
                code((random.nextBoolean() ? 0x05 : 0x06) | CONDITIONS[random.nextInt(11)], dst, 0, random.nextInt(Math.max(1, end - out.size())), place(random)));
      }
    }
    if (random.nextBoolean()) {
      out.add(code(0xbf, 0, 7 + random.nextInt(3), 0, 0));
    }
    out.add(code(0x95, 0, 0, 0, 0));
    return EbpfProgram.of(out);
  }

  static List<HidingPlace> places() {
    return List.of(HidingPlace.classifier(HEADER), HidingPlace.match());
  }

  @ParameterizedTest
  @MethodSource("places")
  void shouldJudgePacketsAsTheEngineDoes(HidingPlace place) throws Exception {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: loading programs needs root");
    SplittableRandom random = new SplittableRandom(20_261_121);
    int programs = Boolean.getBoolean("pktlab.long") ? 20_000 : 600;
    int compared = 0;
    int dropped = 0;
    for (int i = 0; i < programs; i++) {
      EbpfProgram program = program(random);
      Filter filter;
      try {
        filter = interpreter.load(program, Dialect.LINUX);
      } catch (FilterRejectedException e) {
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        int loaded = Bpf.load(arena, place.programType(), HidingProgram.of(program, place));
        try {
          for (int length : new int[] {1, 10, 20, 60, 64, 65}) {
            byte[] packet = packet(random, length);
            int expected = (int) filter.run(ByteBuffer.wrap(packet), 0, length) > 0 ? place.hide() : place.show();
            int found = verdict(loaded, packet);
            assertEquals(expected, found, "program " + i + ", " + length + " octets:\n" + text(program));
            compared++;
            dropped += expected == place.hide() ? 1 : 0;
          }
        } finally {
          new Libc(arena).close(loaded);
        }
      } catch (FilterFaultException e) {
        throw new AssertionError(text(program), e);
      }
    }
    assertTrue(compared > programs && dropped > compared / 10 && dropped < compared * 9 / 10, dropped + " of " + compared + " were dropped");
  }

  private static String text(EbpfProgram program) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < program.size(); i++) {
      EbpfInstruction each = program.instruction(i);
      text.append(String.format("%02x %d %d %d %d%n", each.opcode(), each.dst(), each.src(), each.offset(), each.imm()));
    }
    return text.toString();
  }

  private static String refusal(EbpfInstruction... program) {
    return assertThrows(HidingFailedException.class, () -> HidingProgram.of(EbpfProgram.of(List.of(program)), HidingPlace.match())).getMessage();
  }

  @Test
  void shouldRefuseWhatItCannotTranslate() {
    EbpfInstruction exit = code(0x95, 0, 0, 0, 0);
    EbpfInstruction zero = code(0xb7, 0, 0, 0, 0);
    assertTrue(refusal(code(0x62, 1, 0, 48, 1), zero, exit).startsWith("the program writes to the metadata"));
    assertTrue(refusal(code(0x7b, 10, 1, -8, 0), zero, exit).startsWith("the program keeps the address"));
    assertTrue(refusal(code(0x81, 0, 1, 0, 0), exit).startsWith("the program loads signed numbers"));
    EbpfInstruction[] loads = new EbpfInstruction[20_000]; // each becomes nine
    Arrays.fill(loads, code(0x50, 0, 7, 0, 0));
    loads[0] = code(0x05, 0, 0, loads.length - 3, 0);
    loads[loads.length - 1] = exit;
    assertEquals("the program is too long to be run in the kernel", refusal(loads));
  }

  @Test
  void shouldSayWhatWouldHelp() {
    assertTrue(Bpf.reason(Errno.EPERM).contains("CAP_NET_ADMIN and CAP_BPF"));
    assertTrue(NetfilterHiding.reason(Errno.EPERM).contains("CAP_NET_ADMIN and CAP_BPF"));
    assertTrue(NetfilterHiding.reason(Errno.EINVAL).contains("Linux 6.6 or later with CONFIG_NET_XGRESS, or Linux 5.12 or later"));
  }
}
