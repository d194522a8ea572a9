package org.pktlab.transport.raw.linux;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.HidingFailedException;

/**
 * Makes a capture program into one for a {@link HidingPlace} in the kernel: it has a packet hidden where the result of the capture program is
 * positive as a signed number of 32 bits, and shown otherwise. It judges as the endpoint's own engine does:
 *
 * <ul>
 *   <li>Where a packet begins with its link-layer header, packet loads move by its length. Those beyond the end are caught before: the kernel's
 *       way is to end the program with the result 0, which lets the packet pass by whatever other traffic classifiers there are.
 *   <li>Of a packet's metadata the length is without that header, the protocol that of IPv4, of IPv6 or 0, and all others are 0.
 * </ul>
 */
final class HidingProgram {
  private static final int CLASS = 0x07;
  private static final int LD = 0x00;
  private static final int LDX = 0x01;
  private static final int ST = 0x02;
  private static final int STX = 0x03;
  private static final int JMP = 0x05;
  private static final int JMP32 = 0x06;

  private static final int MODE = 0xe0;
  private static final int IND = 0x40;
  private static final int SIGNED = 0x80;
  private static final int ATOMIC = 0xc0;

  private static final int LDDW = 0x18;
  private static final int LDXW = 0x61;
  private static final int EXIT = 0x95;
  private static final int JA = 0x05;
  private static final int JA32 = 0x06;
  private static final int JEQ32 = 0x16;
  private static final int JSLT32 = 0xc6;
  private static final int JSGE32 = 0x76;
  private static final int JSGT32 = 0x66;
  private static final int JLT32 = 0xa6;
  private static final int JLT32_REGISTER = 0xae;
  private static final int MOV = 0xb7;
  private static final int MOV_REGISTER = 0xbf;
  private static final int MOV32_REGISTER = 0xbc;
  private static final int ADD32 = 0x04;
  private static final int RSH32 = 0x74;
  private static final int AND32 = 0x54;

  private static final int CONTEXT_REGISTER = 6; // of packet loads
  private static final int NETWORK = 0x10_0000;
  private static final int LENGTH = 0;
  private static final int PROTOCOL = 16;
  private static final int FIELD = 4;
  private static final int IPV4 = 0x0008; // in network byte order
  private static final int IPV6 = 0xdd86;

  private final List<EbpfInstruction> source = new ArrayList<>();
  private final HidingPlace where;
  private final int header;
  private final int[] context;
  private final List<EbpfInstruction> code = new ArrayList<>();
  private final int[] place;
  private final BitSet toSource = new BitSet();
  private final List<Integer> targets = new ArrayList<>();
  private final BitSet toEnd = new BitSet();
  private final BitSet toShow = new BitSet();

  private HidingProgram(EbpfProgram program, HidingPlace where) {
    for (int i = 0; i < program.size(); i++) {
      source.add(program.instruction(i));
    }
    this.where = where;
    header = where.header();
    context = new int[program.size() + 1];
    place = new int[program.size() + 1];
  }

  /**
   * @param program that the checks of the Linux dialect have passed
   * @param where the new program is to run
   * @throws HidingFailedException for what only few programs do
   */
  static List<EbpfInstruction> of(EbpfProgram program, HidingPlace where) throws HidingFailedException {
    HidingProgram made = new HidingProgram(program, where);
    made.findContext();
    made.translate();
    made.end();
    return made.code;
  }

  // ------------------------------------------------------------------------------------------------ which registers hold the address of the metadata

  /** Sets for each instruction the registers that may hold it before, as bits. */
  private void findContext() throws HidingFailedException {
    boolean[] reached = new boolean[source.size() + 1];
    reached[0] = true;
    context[0] = 1 << 1;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 0; i < source.size(); i++) {
        if (!reached[i]) {
          continue;
        }
        EbpfInstruction each = source.get(i);
        int after = after(i, each);
        if (isJump(each)) {
          changed |= reach(reached, target(i), after);
        }
        if (each.opcode() != EXIT && each.opcode() != JA && each.opcode() != JA32) {
          changed |= reach(reached, each.opcode() == LDDW ? i + 2 : i + 1, after);
        }
      }
    }
  }

  private boolean reach(boolean[] reached, int i, int registers) throws HidingFailedException {
    if (i < 0 || i > source.size()) {
      throw new HidingFailedException("the program has not been checked");
    }
    boolean changed = !reached[i] || (context[i] | registers) != context[i];
    reached[i] = true;
    context[i] |= registers;
    return changed;
  }

  private int after(int i, EbpfInstruction each) throws HidingFailedException {
    int before = context[i];
    int kind = each.opcode() & CLASS;
    int without = before & ~(1 << each.dst());
    if (each.opcode() == MOV_REGISTER && each.offset() == 0) {
      return (before >> each.src() & 1) << each.dst() | without;
    }
    if (kind == LD) {
      return each.opcode() == LDDW ? without : before & ~0x3f; // a packet load takes registers 0 to 5
    }
    if (kind == ST || kind == STX) {
      if ((before >> each.dst() & 1) == 1) {
        throw new HidingFailedException("the program writes to the metadata of packets, which only a capture may");
      }
      if (kind == STX && (before >> each.src() & 1) == 1) {
        throw new HidingFailedException("the program keeps the address of the metadata in memory, which only a capture may");
      }
      return kind == STX && (each.opcode() & MODE) == ATOMIC ? before & ~(1 << each.src() | 1) : before;
    }
    return kind == JMP || kind == JMP32 ? before : without;
  }

  private static boolean isJump(EbpfInstruction each) {
    int kind = each.opcode() & CLASS;
    return (kind == JMP || kind == JMP32) && each.opcode() != EXIT;
  }

  private int target(int i) {
    EbpfInstruction each = source.get(i);
    return i + 1 + (each.opcode() == JA32 ? each.imm() : each.offset());
  }

  // ------------------------------------------------------------------------------------------------ the new program

  private void translate() throws HidingFailedException {
    for (int i = 0; i < source.size(); i++) {
      place[i] = code.size();
      EbpfInstruction each = source.get(i);
      int opcode = each.opcode();
      if (opcode == LDDW && i + 1 < source.size()) {
        code.add(each);
        place[++i] = code.size();
        code.add(source.get(i));
      } else if ((opcode & CLASS) == LD) {
        packetLoad(each);
      } else if (opcode == EXIT) {
        toEnd.set(code.size());
        add(JA, 0, 0, 0, 0);
      } else if (isJump(each)) {
        toSource.set(code.size());
        targets.add(target(i));
        add(opcode == JA32 ? JA : opcode, each.dst(), each.src(), 0, opcode == JA32 ? 0 : each.imm());
      } else if ((opcode & CLASS) == LDX && (context[i] >> each.src() & 1) == 1) {
        metadataLoad(each);
      } else {
        code.add(each);
      }
    }
    place[source.size()] = code.size();
  }

  private void add(int opcode, int dst, int src, int offset, int imm) {
    code.add(new EbpfInstruction(opcode, dst, src, (short) offset, imm));
  }

  /** Offsets below 0 count from -2^20 on from the network layer too. */
  private void packetLoad(EbpfInstruction each) {
    int width = width(each.opcode());
    int length = 2; // registers 1 to 5 are lost after a packet load anyway
    if ((each.opcode() & MODE) == IND) {
      int at = 1;
      add(MOV32_REGISTER, at, each.src(), 0, 0);
      add(ADD32, at, 0, 0, each.imm());
      add(JSGE32, at, 0, 2, 0);
      add(ADD32, at, 0, 0, NETWORK);
      toShow.set(code.size());
      add(JSLT32, at, 0, 0, 0);
      add(ADD32, at, 0, 0, header + width);
      add(LDXW, length, CONTEXT_REGISTER, LENGTH, 0);
      toShow.set(code.size());
      add(JLT32_REGISTER, length, at, 0, 0);
      add(each.opcode(), 0, at, 0, -width);
    } else {
      int place = each.imm() >= 0 ? each.imm() : each.imm() + NETWORK;
      add(LDXW, length, CONTEXT_REGISTER, LENGTH, 0);
      toShow.set(code.size());
      add(JLT32, length, 0, 0, place >= 0 ? place + header + width : -1); // -1 is more than any packet has
      add(each.opcode(), 0, 0, 0, place >= 0 ? place + header : 0);
    }
  }

  private static int width(int opcode) {
    return switch (opcode & 0x18) {
      case 0x00 -> 4;
      case 0x08 -> 2;
      case 0x10 -> 1;
      default -> 8;
    };
  }

  private void metadataLoad(EbpfInstruction each) throws HidingFailedException {
    int field = each.offset() & -FIELD;
    int width = width(each.opcode());
    if ((each.opcode() & MODE) == SIGNED) {
      throw new HidingFailedException("the program loads signed numbers from the metadata of packets, which only a capture may");
    }
    if (field != LENGTH && field != PROTOCOL || width > FIELD) {
      add(MOV, each.dst(), 0, 0, 0);
      return;
    }
    add(LDXW, each.dst(), each.src(), field, 0);
    if (field == LENGTH) {
      add(ADD32, each.dst(), 0, 0, -header);
    } else {
      add(JEQ32, each.dst(), 0, 2, IPV4);
      add(JEQ32, each.dst(), 0, 1, IPV6);
      add(MOV, each.dst(), 0, 0, 0);
    }
    if (width < FIELD) {
      add(RSH32, each.dst(), 0, 0, 8 * (each.offset() - field));
      add(AND32, each.dst(), 0, 0, width == 1 ? 0xff : 0xffff);
    }
  }

  private void end() throws HidingFailedException {
    int end = code.size();
    add(JSGT32, 0, 0, 2, 0);
    int show = code.size();
    add(MOV, 0, 0, 0, where.show());
    add(EXIT, 0, 0, 0, 0);
    add(MOV, 0, 0, 0, where.hide());
    add(EXIT, 0, 0, 0, 0);
    int jump = 0;
    for (int i = 0; i < end; i++) {
      if (toSource.get(i)) {
        lead(i, place[targets.get(jump++)]);
      } else if (toEnd.get(i)) {
        lead(i, end);
      } else if (toShow.get(i)) {
        lead(i, show);
      }
    }
  }

  private void lead(int from, int to) throws HidingFailedException {
    int distance = to - from - 1;
    if (distance != (short) distance) {
      throw new HidingFailedException("the program is too long to be run in the kernel");
    }
    EbpfInstruction each = code.get(from);
    code.set(from, new EbpfInstruction(each.opcode(), each.dst(), each.src(), (short) distance, each.imm()));
  }
}
