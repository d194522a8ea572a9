package org.pktlab.filter.pcap4j;

import java.util.ArrayList;
import java.util.List;
import org.pktlab.filter.FilterSyntaxException;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;

/**
 * Makes eBPF of the Linux dialect from classic BPF, with the registers that Linux itself uses for that: A in r0, X in r7, the context in r6, the sixteen words of scratch
 * memory in the upper 64 octets of the stack. What no path reaches is left out, since Linux refuses programs that hold such instructions.
 */
final class ClassicTranslation {
  private static final int MOST_INSTRUCTIONS = 4_096;
  private static final int WORDS = 16;

  private static final int A = 0;
  private static final int TEMPORARY = 8;
  private static final int CONTEXT = 6;
  private static final int X = 7;
  private static final int STACK = 10;

  // Of the eBPF opcodes, those that are written here.
  private static final int MOV64_X = 0xbf;
  private static final int MOV32_X = 0xbc;
  private static final int MOV32_K = 0xb4;
  private static final int ALU32 = 0x04;
  private static final int LOAD_WORD = 0x61;
  private static final int STORE_WORD = 0x63;
  private static final int STORE_WORD_K = 0x62;
  private static final int PACKET_BYTE = 0x30;
  private static final int JUMP = 0x05;
  private static final int JUMP_NE_K = 0x55;
  private static final int EXIT = 0x95;
  private static final int REGISTER = 0x08;

  private static final int EQ = 0x10;
  private static final int GT = 0x20;
  private static final int GE = 0x30;
  private static final int SET = 0x40;
  private static final int NE = 0x50;
  private static final int LT = 0xa0;
  private static final int LE = 0xb0;
  private static final int DIV = 0x30;
  private static final int MOD = 0x90;
  private static final int NEG = 0x80;
  private static final int XOR = 0xa0;

  /** Classic offsets from here up ask the kernel for other things than octets of the packet. */
  private static final int ANCILLARY = 0xffff_f000;

  private final List<ClassicInstruction> classic;
  private final List<EbpfInstruction> out = new ArrayList<>();
  private final boolean[] reached;
  private final int[] start;

  /** Jumps whose offsets are classic places until all places are known: where each is, and its classic target. */
  private final List<int[]> jumps = new ArrayList<>();

  private ClassicTranslation(List<ClassicInstruction> classic) {
    this.classic = classic;
    reached = new boolean[classic.size()];
    start = new int[classic.size()];
  }

  /**
   * Translates a program.
   *
   * @throws FilterSyntaxException when it is no program: no instruction, a jump out of it, an end without a return, an unknown code, a division by the constant 0
   */
  static EbpfProgram translate(List<ClassicInstruction> classic) throws FilterSyntaxException {
    if (classic.isEmpty() || classic.size() > MOST_INSTRUCTIONS) {
      throw new FilterSyntaxException("a classic program has 1 to " + MOST_INSTRUCTIONS + " instructions, not " + classic.size());
    }
    return new ClassicTranslation(classic).translate();
  }

  private EbpfProgram translate() throws FilterSyntaxException {
    follow();
    add(MOV64_X, CONTEXT, 1, 0, 0);
    add(MOV32_K, A, 0, 0, 0);
    add(MOV32_K, X, 0, 0, 0);
    scratch();
    for (int i = 0; i < classic.size(); i++) {
      start[i] = out.size();
      if (reached[i]) {
        instruction(i, classic.get(i));
      }
    }
    for (int[] jump : jumps) {
      EbpfInstruction one = out.get(jump[0]);
      int offset = start[jump[1]] - jump[0] - 1;
      if (offset != (short) offset) {
        throw new FilterSyntaxException("the program is too long for its jumps");
      }
      out.set(jump[0], new EbpfInstruction(one.opcode(), one.dst(), one.src(), (short) offset, one.imm()));
    }
    return EbpfProgram.of(out);
  }

  /** Finds what some path reaches; classic jumps go forward only. */
  private void follow() throws FilterSyntaxException {
    reached[0] = true;
    for (int i = 0; i < classic.size(); i++) {
      ClassicInstruction one = classic.get(i);
      if (!reached[i] || one.kind() == ClassicInstruction.RET) {
        continue;
      }
      if (one.kind() != ClassicInstruction.JMP) {
        reach(i, 0);
      } else if (one.operation() == 0) {
        reach(i, one.k());
      } else {
        reach(i, one.jt());
        reach(i, one.jf());
      }
    }
  }

  private void reach(int i, int distance) throws FilterSyntaxException {
    if (distance < 0 || distance >= classic.size() - i - 1) {
      throw wrong(i, "leads out of the program");
    }
    reached[i + 1 + distance] = true;
  }

  /** Sets the words of scratch memory that are read to 0, as the words of a classic machine are at the start. */
  private void scratch() {
    boolean[] read = new boolean[WORDS];
    for (int i = 0; i < classic.size(); i++) {
      ClassicInstruction one = classic.get(i);
      boolean loads = one.kind() == ClassicInstruction.LD || one.kind() == ClassicInstruction.LDX;
      if (reached[i] && loads && one.mode() == ClassicInstruction.MEM && one.k() >= 0 && one.k() < WORDS) {
        read[one.k()] = true;
      }
    }
    for (int word = 0; word < WORDS; word++) {
      if (read[word]) {
        add(STORE_WORD_K, STACK, 0, place(word), 0);
      }
    }
  }

  private static int place(int word) {
    return -4 * (WORDS - word);
  }

  private void instruction(int i, ClassicInstruction one) throws FilterSyntaxException {
    switch (one.kind()) {
      case ClassicInstruction.LD:
      case ClassicInstruction.LDX:
        load(i, one, one.kind() == ClassicInstruction.LD ? A : X);
        break;
      case ClassicInstruction.ST:
      case ClassicInstruction.STX:
        add(STORE_WORD, STACK, one.kind() == ClassicInstruction.ST ? A : X, place(word(i, one)), 0);
        break;
      case ClassicInstruction.ALU:
        arithmetic(i, one);
        break;
      case ClassicInstruction.JMP:
        jump(i, one);
        break;
      case ClassicInstruction.RET:
        if ((one.code() & 0x18) != ClassicInstruction.RESULT_A) {
          add(MOV32_K, A, 0, 0, one.k());
        }
        add(EXIT, 0, 0, 0, 0);
        break;
      default:
        boolean txa = (one.code() & ClassicInstruction.TXA) != 0;
        add(MOV32_X, txa ? A : X, txa ? X : A, 0, 0);
    }
  }

  private int word(int i, ClassicInstruction one) throws FilterSyntaxException {
    if (one.k() < 0 || one.k() >= WORDS) {
      throw wrong(i, "uses a word of scratch memory that does not exist");
    }
    return one.k();
  }

  private void load(int i, ClassicInstruction one, int register) throws FilterSyntaxException {
    switch (one.mode()) {
      case ClassicInstruction.IMM:
        add(MOV32_K, register, 0, 0, one.k());
        return;
      case ClassicInstruction.MEM:
        add(LOAD_WORD, register, STACK, place(word(i, one)), 0);
        return;
      case ClassicInstruction.LEN:
        // The first field of the packet's metadata is its length.
        add(LOAD_WORD, register, CONTEXT, 0, 0);
        return;
      case ClassicInstruction.MSH:
        // X = 4 * (octet & 15), the length of an IPv4 header; a packet load overwrites r0 to r5.
        notAncillary(i, one);
        add(MOV64_X, TEMPORARY, A, 0, 0);
        add(PACKET_BYTE, 0, 0, 0, one.k());
        add(ALU32 | 0x50, A, 0, 0, 0x0f);
        add(ALU32 | 0x60, A, 0, 0, 2);
        add(MOV32_X, X, A, 0, 0);
        add(MOV64_X, A, TEMPORARY, 0, 0);
        return;
      case ClassicInstruction.ABS:
      case ClassicInstruction.IND:
        if (register == A && (one.code() & 0x18) != 0x18) {
          boolean indirect = one.mode() == ClassicInstruction.IND;
          if (!indirect) {
            notAncillary(i, one);
          }
          add(one.code(), 0, indirect ? X : 0, 0, one.k());
          return;
        }
        throw wrong(i, "is unknown");
      default:
        throw wrong(i, "is unknown");
    }
  }

  private static void notAncillary(int i, ClassicInstruction one) throws FilterSyntaxException {
    if (Integer.compareUnsigned(one.k(), ANCILLARY) >= 0) {
      throw wrong(i, "asks for what only a kernel knows of a packet");
    }
  }

  private void arithmetic(int i, ClassicInstruction one) throws FilterSyntaxException {
    int operation = one.operation();
    if (operation == NEG) {
      add(ALU32 | NEG, A, 0, 0, 0);
      return;
    }
    boolean divides = operation == DIV || operation == MOD;
    boolean shifts = operation == 0x60 || operation == 0x70;
    if (operation > XOR || !one.usesX() && (divides && one.k() == 0 || shifts && (one.k() < 0 || one.k() > 31))) {
      throw wrong(i, "is unknown, divides by 0 or shifts too far");
    }
    if (one.usesX() && divides) {
      // Division by 0 ends a classic program with result 0.
      add(JUMP_NE_K, X, 0, 2, 0);
      add(MOV32_K, A, 0, 0, 0);
      add(EXIT, 0, 0, 0, 0);
    }
    add(one.code(), A, one.usesX() ? X : 0, 0, one.usesX() ? 0 : one.k());
  }

  private void jump(int i, ClassicInstruction one) throws FilterSyntaxException {
    int operation = one.operation();
    if (operation == 0) {
      jumpTo(JUMP, 0, 0, 0, i + 1 + one.k());
      return;
    }
    if (operation != EQ && operation != GT && operation != GE && operation != SET) {
      throw wrong(i, "is unknown");
    }
    int compared = X;
    boolean register = one.usesX();
    if (!register && one.k() < 0) {
      // The constant of an eBPF jump is sign-extended, and what it is compared with is not.
      add(MOV32_K, TEMPORARY, 0, 0, one.k());
      compared = TEMPORARY;
      register = true;
    }
    int source = register ? compared : 0;
    int imm = register ? 0 : one.k();
    int form = JUMP | (register ? REGISTER : 0);
    int ifTrue = i + 1 + one.jt();
    int ifFalse = i + 1 + one.jf();
    if (one.jt() == 0 && operation != SET) {
      jumpTo(opposite(operation) | form, A, source, imm, ifFalse);
      return;
    }
    jumpTo(operation | form, A, source, imm, ifTrue);
    if (one.jf() != 0) {
      jumpTo(JUMP, 0, 0, 0, ifFalse);
    }
  }

  private static int opposite(int operation) {
    return operation == EQ ? NE : operation == GT ? LE : LT;
  }

  private void jumpTo(int opcode, int dst, int src, int imm, int target) {
    jumps.add(new int[] {out.size(), target});
    add(opcode, dst, src, 0, imm);
  }

  private void add(int opcode, int dst, int src, int offset, int imm) {
    out.add(new EbpfInstruction(opcode, dst, src, (short) offset, imm));
  }

  private static FilterSyntaxException wrong(int i, String what) {
    return new FilterSyntaxException("instruction " + i + " of the classic program " + what);
  }
}
