package org.pktlab.filter.ebpf;

import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterRejectedException.Category;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;

/** A program as columns, one entry an instruction. Opcodes are made of a class, the low three bits, and what the class makes of the rest. */
final class Code {
  /** Programs of this many instructions are too long. */
  static final int TOO_MANY = 65_536;

  /** Octets of the stack below register 10. */
  static final int STACK = 512;

  static final int LD = 0x00;
  static final int LDX = 0x01;
  static final int ST = 0x02;
  static final int STX = 0x03;
  static final int ALU32 = 0x04;
  static final int JMP = 0x05;
  static final int JMP32 = 0x06;
  static final int ALU64 = 0x07;

  /** Set where the second operand is a register: in ALU and jump classes. */
  static final int REGISTER = 0x08;

  // Operations of the ALU classes.
  static final int ADD = 0x00;
  static final int SUB = 0x10;
  static final int MUL = 0x20;
  static final int DIV = 0x30;
  static final int OR = 0x40;
  static final int AND = 0x50;
  static final int LSH = 0x60;
  static final int RSH = 0x70;
  static final int NEG = 0x80;
  static final int MOD = 0x90;
  static final int XOR = 0xa0;
  static final int MOV = 0xb0;
  static final int ARSH = 0xc0;
  static final int END = 0xd0;

  // Operations of the jump classes.
  static final int JA = 0x00;
  static final int JEQ = 0x10;
  static final int JGT = 0x20;
  static final int JGE = 0x30;
  static final int JSET = 0x40;
  static final int JNE = 0x50;
  static final int JSGT = 0x60;
  static final int JSGE = 0x70;
  static final int CALL = 0x80;
  static final int EXIT = 0x90;
  static final int JLT = 0xa0;
  static final int JLE = 0xb0;
  static final int JSLT = 0xc0;
  static final int JSLE = 0xd0;

  // Modes of the load and store classes.
  static final int IMM = 0x00;
  static final int ABS = 0x20;
  static final int IND = 0x40;
  static final int MEM = 0x60;
  static final int MEMSX = 0x80;
  static final int ATOMIC = 0xc0;

  // Sizes of the load and store classes: 4, 2, 1 and 8 octets.
  static final int W = 0x00;
  static final int H = 0x08;
  static final int B = 0x10;
  static final int DW = 0x18;

  /** The 64-bit immediate, which takes two places. */
  static final int LDDW = 0x18;

  final int size;
  final int[] opcode;
  final int[] dst;
  final int[] src;
  final int[] offset;
  final int[] imm;

  /**
   * @throws FilterRejectedException when there is no instruction or there are too many
   */
  Code(EbpfProgram program) throws FilterRejectedException {
    size = program.size();
    if (size == 0) {
      throw new FilterRejectedException(Category.EMPTY_PROGRAM, -1, "the program has no instruction");
    }
    if (size >= TOO_MANY) {
      throw new FilterRejectedException(Category.TOO_MANY_INSTRUCTIONS, -1, "the program has " + size + " instructions, at most " + (TOO_MANY - 1) + " are run");
    }
    opcode = new int[size];
    dst = new int[size];
    src = new int[size];
    offset = new int[size];
    imm = new int[size];
    for (int i = 0; i < size; i++) {
      EbpfInstruction one = program.instruction(i);
      opcode[i] = one.opcode();
      dst[i] = one.dst();
      src[i] = one.src();
      offset[i] = one.offset();
      imm[i] = one.imm();
    }
  }

  /** The low three bits of an opcode. */
  static int kind(int opcode) {
    return opcode & 0x07;
  }

  /** The operation of an ALU or jump opcode. */
  static int operation(int opcode) {
    return opcode & 0xf0;
  }

  /** The mode of a load or store opcode. */
  static int mode(int opcode) {
    return opcode & 0xe0;
  }

  /** Octets that a load or store opcode moves. */
  static int width(int opcode) {
    switch (opcode & 0x18) {
      case W:
        return 4;
      case H:
        return 2;
      case B:
        return 1;
      default:
        return 8;
    }
  }

  /** Whether the second operand is a register. */
  static boolean isRegister(int opcode) {
    return (opcode & REGISTER) != 0;
  }

  /** The 64-bit immediate that begins at i. */
  long wide(int i) {
    return imm[i] & 0xffff_ffffL | (long) imm[i + 1] << 32;
  }

  /** The instruction behind i. */
  int next(int i) {
    return i + (opcode[i] == LDDW ? 2 : 1);
  }

  /** Whether i jumps, always or on a condition; exits and calls do not. */
  boolean isJump(int i) {
    int kind = kind(opcode[i]);
    int operation = operation(opcode[i]);
    return (kind == JMP || kind == JMP32) && operation != CALL && operation != EXIT;
  }

  /** Whether i jumps always. */
  boolean isAlways(int i) {
    return isJump(i) && operation(opcode[i]) == JA;
  }

  /** Whether i ends the program. */
  boolean isExit(int i) {
    return opcode[i] == (JMP | EXIT);
  }

  /** Where i jumps to; may lie outside of the program. The long jump of Linux keeps its distance in the immediate. */
  int target(int i) {
    return i + 1 + (opcode[i] == (JMP32 | JA) ? imm[i] : offset[i]);
  }

  /** Whether some jump goes backwards or to itself, so that a run may execute an instruction twice. Targets must have been checked. */
  boolean hasLoop() {
    for (int i = 0; i < size; i = next(i)) {
      if (isJump(i) && target(i) <= i) {
        return true;
      }
    }
    return false;
  }
}
