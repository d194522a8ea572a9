package org.pktlab.filter.pcap4j;

import java.util.List;

/** Runs classic BPF as its manual describes it, and where that is silent as Linux does: the oracle of the translation. */
final class ClassicMachine {
  private static final int NETWORK_HEADER = 0x10_0000;

  private ClassicMachine() {}

  static int run(List<ClassicInstruction> program, byte[] packet) {
    int a = 0;
    int x = 0;
    int[] memory = new int[16];
    int pc = 0;
    while (true) {
      ClassicInstruction one = program.get(pc++);
      int operand = one.usesX() ? x : one.k();
      switch (one.kind()) {
        case ClassicInstruction.LD:
        case ClassicInstruction.LDX:
          long value = load(one, packet, x, memory);
          if (value < 0) {
            return 0;
          }
          if (one.kind() == ClassicInstruction.LD) {
            a = (int) value;
          } else {
            x = (int) value;
          }
          break;
        case ClassicInstruction.ST:
          memory[one.k()] = a;
          break;
        case ClassicInstruction.STX:
          memory[one.k()] = x;
          break;
        case ClassicInstruction.ALU:
          if ((one.operation() == 0x30 || one.operation() == 0x90) && operand == 0) {
            return 0;
          }
          a = arithmetic(one.operation(), a, operand);
          break;
        case ClassicInstruction.JMP:
          if (one.operation() == 0) {
            pc += one.k();
          } else {
            pc += holds(one.operation(), a, operand) ? one.jt() : one.jf();
          }
          break;
        case ClassicInstruction.RET:
          return (one.code() & 0x18) == ClassicInstruction.RESULT_A ? a : one.k();
        default:
          if ((one.code() & ClassicInstruction.TXA) != 0) {
            a = x;
          } else {
            x = a;
          }
      }
    }
  }

  /** What is loaded, without a sign; -1 outside of the packet. */
  private static long load(ClassicInstruction one, byte[] packet, int x, int[] memory) {
    switch (one.mode()) {
      case ClassicInstruction.IMM:
        return one.k() & 0xffff_ffffL;
      case ClassicInstruction.MEM:
        return memory[one.k()] & 0xffff_ffffL;
      case ClassicInstruction.LEN:
        return packet.length;
      case ClassicInstruction.MSH:
        long octet = octets(packet, one.k() & 0xffff_ffffL, 1);
        return octet < 0 ? -1 : (octet & 0x0f) << 2;
      default:
        int size = one.code() & 0x18;
        int width = size == 0x00 ? 4 : size == 0x08 ? 2 : 1;
        // As Linux reckons: in 32 bits with a sign, where some negative places count from the network header.
        int at = one.mode() == ClassicInstruction.IND ? x + one.k() : one.k();
        int place = at >= 0 ? at : at + NETWORK_HEADER;
        return place < 0 ? -1 : octets(packet, place, width);
    }
  }

  private static long octets(byte[] packet, long at, int width) {
    if (at + width > packet.length) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < width; i++) {
      value = value << 8 | packet[(int) at + i] & 0xff;
    }
    return value;
  }

  private static int arithmetic(int operation, int a, int b) {
    switch (operation) {
      case 0x00:
        return a + b;
      case 0x10:
        return a - b;
      case 0x20:
        return a * b;
      case 0x30:
        return Integer.divideUnsigned(a, b);
      case 0x40:
        return a | b;
      case 0x50:
        return a & b;
      case 0x60:
        return a << b;
      case 0x70:
        return a >>> b;
      case 0x80:
        return -a;
      case 0x90:
        return Integer.remainderUnsigned(a, b);
      default:
        return a ^ b;
    }
  }

  private static boolean holds(int operation, int a, int b) {
    switch (operation) {
      case 0x10:
        return a == b;
      case 0x20:
        return Integer.compareUnsigned(a, b) > 0;
      case 0x30:
        return Integer.compareUnsigned(a, b) >= 0;
      default:
        return (a & b) != 0;
    }
  }
}
