package org.pktlab.filter.ebpf;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pktlab.filter.Dialect;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;

/** Programs and packets by chance: every instruction of a dialect, numbers near the edges, jumps both ways; most pass the checks. */
final class RandomPrograms {
  private static final int[] WIDTHS = {0x00, 0x08, 0x10, 0x18};
  private static final int[] SWAPS = {16, 32, 64};
  private static final int[] ATOMIC_OPERATIONS = {0x00, 0x40, 0x50, 0xa0, 0x01, 0x41, 0x51, 0xa1, 0xe1, 0xf1, 0x100, 0x110};
  private static final int[] CONDITIONS = {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0};
  private static final int[] ARITHMETIC = {0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xa0, 0xb0, 0xc0};
  private static final int[] EDGES = {0, 1, -1, 2, 7, 8, 31, 32, 63, 64, 255, 256, 0x7fff, 0xffff, 0x10000, Integer.MAX_VALUE, Integer.MIN_VALUE, -8, -4096};

  private final SplittableRandom random;
  private final boolean linux;
  private final boolean addresses;

  RandomPrograms(SplittableRandom random, Dialect dialect) {
    this(random, dialect, true);
  }

  /**
   * Programs of a dialect.
   *
   * @param addresses whether the addresses of stack and context are taken for numbers too, which differ from machine to machine
   */
  RandomPrograms(SplittableRandom random, Dialect dialect, boolean addresses) {
    this.random = random;
    this.linux = dialect == Dialect.LINUX;
    this.addresses = addresses;
  }

  EbpfProgram program() {
    int body = 1 + random.nextInt(random.nextInt(4) == 0 ? 120 : 24);
    List<EbpfInstruction> out = new ArrayList<>();
    out.add(instruction(0xbf, 6, 1, 0, 0));
    for (int r = 0; r < 10; r++) {
      if (r != 6) {
        out.add(instruction(0xb7, r, 0, 0, number()));
      }
    }
    for (int slot = 1; slot <= 4; slot++) {
      out.add(instruction(0x7a, 10, 0, -8 * slot, number()));
    }
    int first = out.size();
    while (out.size() < first + body) {
      add(out, first, first + body);
    }
    out.add(instruction(0x95, 0, 0, 0, 0));
    if (random.nextInt(linux ? 8 : 24) == 0) {
      // A loop over all of it, counted or not.
      out.remove(out.size() - 1);
      if (random.nextBoolean()) {
        out.add(instruction(0x07, 9, 0, 0, 1));
        out.add(instruction(0xb5, 9, 0, first - out.size() - 1, random.nextInt(40)));
      } else {
        out.add(instruction(0x55, random.nextInt(10), 0, first - out.size() - 1, number()));
      }
      out.add(instruction(0x95, 0, 0, 0, 0));
    }
    return EbpfProgram.of(out);
  }

  private void add(List<EbpfInstruction> out, int first, int end) {
    int dst = linux ? 7 + random.nextInt(2) * random.nextInt(3) - random.nextInt(2) * 7 : random.nextInt(10);
    dst = dst < 0 || dst == 6 ? 0 : dst;
    int src = random.nextInt(6) == 0 ? random.nextInt(11) : linux ? 7 + random.nextInt(3) : random.nextInt(10);
    src = addresses || src != 6 && src != 10 ? src : 8;
    switch (random.nextInt(linux ? 14 : 11)) {
      case 0:
      case 1:
      case 2:
        arithmetic(out, dst, src);
        break;
      case 3:
        int end64 = linux && random.nextInt(3) == 0 ? 0xd7 : random.nextBoolean() ? 0xd4 : 0xdc;
        out.add(instruction(end64, dst, 0, 0, SWAPS[random.nextInt(3)]));
        break;
      case 4:
        out.add(instruction(0x18, dst, 0, 0, number()));
        out.add(instruction(0, 0, 0, 0, number()));
        break;
      case 5:
        int width = WIDTHS[random.nextInt(linux ? 3 : 4)];
        boolean indirect = random.nextBoolean();
        out.add(instruction((indirect ? 0x40 : 0x20) | width, 0, indirect ? src : 0, 0, place()));
        break;
      case 6:
      case 7:
        jump(out, dst, src, end);
        break;
      case 8:
        memory(out, 0x61, dst, 10);
        break;
      case 9:
        memory(out, 0x63, 10, src);
        break;
      case 10:
        memory(out, 0x62, 10, 0);
        break;
      case 11:
        out.add(instruction(random.nextBoolean() ? 0xc3 : 0xdb, 10, src, -8 * (1 + random.nextInt(4)), ATOMIC_OPERATIONS[random.nextInt(12)]));
        break;
      case 12:
        int wide = WIDTHS[random.nextInt(3)];
        out.add(instruction(0x81 | wide, dst, 10, -8 * (1 + random.nextInt(4)), 0));
        break;
      default:
        boolean kind = random.nextBoolean();
        if (random.nextBoolean()) {
          out.add(instruction(kind ? 0xbf : 0xbc, dst, src, kind ? 8 << random.nextInt(3) : 8 << random.nextInt(2), 0));
        } else {
          out.add(instruction((random.nextBoolean() ? 0x30 : 0x90) | 0x08 | (kind ? 7 : 4), dst, src, 1, 0));
        }
    }
  }

  private void arithmetic(List<EbpfInstruction> out, int dst, int src) {
    int operation = ARITHMETIC[random.nextInt(ARITHMETIC.length)];
    boolean wide = random.nextBoolean();
    boolean register = operation != 0x80 && random.nextBoolean();
    int imm = operation == 0x80 || register ? 0 : number();
    boolean shift = operation == 0x60 || operation == 0x70 || operation == 0xc0;
    if (shift && !register && (linux || random.nextBoolean())) {
      imm = random.nextInt(wide ? 64 : 32);
    }
    if (!register && imm == 0 && (operation == 0x30 || operation == 0x90)) {
      imm = 3;
    }
    out.add(instruction(operation | (register ? 8 : 0) | (wide ? 7 : 4), dst, register ? src : 0, 0, imm));
  }

  private void jump(List<EbpfInstruction> out, int dst, int src, int end) {
    int room = Math.max(1, end - out.size());
    int offset = random.nextInt(linux ? 12 : 40) == 0 ? -random.nextInt(1, 6) : random.nextInt(Math.min(room, 10));
    boolean register = random.nextBoolean();
    boolean word = linux && random.nextInt(3) == 0;
    int condition = CONDITIONS[random.nextInt(CONDITIONS.length)];
    int imm = register ? 0 : number();
    out.add(instruction(condition | (register ? 8 : 0) | (word ? 6 : 5), dst, register ? src : 0, offset, imm));
  }

  private void memory(List<EbpfInstruction> out, int opcode, int dst, int src) {
    int width = WIDTHS[random.nextInt(4)];
    int octets = Code.width(width);
    int offset = -octets * (1 + random.nextInt(32 / octets));
    if (!linux && random.nextInt(4) == 0) {
      offset = -random.nextInt(1, 33);
    }
    if (!linux && random.nextInt(60) == 0) {
      offset = random.nextInt(-520, 8);
    }
    boolean store = Code.kind(opcode) == Code.ST;
    out.add(instruction(opcode | width, dst, store ? 0 : src, offset, store ? number() : 0));
  }

  private int number() {
    switch (random.nextInt(3)) {
      case 0:
        return EDGES[random.nextInt(EDGES.length)];
      case 1:
        return random.nextInt(64);
      default:
        return random.nextInt();
    }
  }

  private int place() {
    int kind = random.nextInt(linux ? 12 : 40);
    return kind == 0 ? number() : kind == 1 && linux ? -0x100000 + random.nextInt(40) : random.nextInt(36);
  }

  /** An IP packet of up to 60 octets, seldom none. */
  byte[] packet() {
    byte[] packet = new byte[random.nextInt(16) == 0 ? random.nextInt(4) : 20 + random.nextInt(41)];
    random.nextBytes(packet);
    if (packet.length > 0) {
      packet[0] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
    }
    return packet;
  }

  private static EbpfInstruction instruction(int opcode, int dst, int src, int offset, int imm) {
    return new EbpfInstruction(opcode, dst, src, (short) offset, imm);
  }
}
