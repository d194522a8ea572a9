package org.pktlab.filter.ebpf;

import java.util.ArrayList;
import java.util.List;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;

/** Programs as text for people: one line an instruction, in the notation that Linux's tools use. Any program has one, right or not. */
public final class Disassembly {
  private static final String[] SIGNS = {"+", "-", "*", "/", "|", "&", "<<", ">>", null, "%", "^", null, "s>>"};
  private static final String[] CONDITIONS = {null, "==", ">", ">=", "&", "!=", "s>", "s>=", null, null, "<", "<=", "s<", "s<="};

  private Disassembly() {}

  /**
   * One line for each instruction; the second half of a 64-bit immediate has an empty one. Distances of jumps count from the next instruction.
   *
   * @return as many lines as the program has instructions
   */
  public static List<String> of(EbpfProgram program) {
    List<String> lines = new ArrayList<>(program.size());
    for (int i = 0; i < program.size(); i++) {
      EbpfInstruction one = program.instruction(i);
      if (one.opcode() == Code.LDDW && i + 1 < program.size() && program.instruction(i + 1).opcode() == 0) {
        long value = one.imm() & 0xffff_ffffL | (long) program.instruction(i + 1).imm() << 32;
        lines.add("r" + one.dst() + " = 0x" + Long.toHexString(value) + " ll");
        lines.add("");
        i++;
      } else {
        lines.add(line(one));
      }
    }
    return lines;
  }

  private static String line(EbpfInstruction one) {
    int opcode = one.opcode();
    String text = null;
    switch (Code.kind(opcode)) {
      case Code.LD:
        text = packet(one);
        break;
      case Code.LDX:
        if (Code.mode(opcode) == Code.MEM || Code.mode(opcode) == Code.MEMSX) {
          text = "r" + one.dst() + " = " + memory(Code.mode(opcode) == Code.MEM ? "u" : "s", opcode, one.src(), one.offset());
        }
        break;
      case Code.ST:
        if (Code.mode(opcode) == Code.MEM) {
          text = memory("u", opcode, one.dst(), one.offset()) + " = " + constant(one.imm());
        }
        break;
      case Code.STX:
        if (Code.mode(opcode) == Code.MEM) {
          text = memory("u", opcode, one.dst(), one.offset()) + " = r" + one.src();
        } else if (Code.mode(opcode) == Code.ATOMIC) {
          text = atomic(one);
        }
        break;
      case Code.ALU32:
      case Code.ALU64:
        text = arithmetic(one);
        break;
      default:
        text = jump(one);
    }
    return text != null
        ? text
        : String.format("unknown: opcode 0x%02x dst %d src %d offset %d imm 0x%x", opcode, one.dst(), one.src(), one.offset(), one.imm());
  }

  private static String packet(EbpfInstruction one) {
    int mode = Code.mode(one.opcode());
    if (mode != Code.ABS && mode != Code.IND) {
      return null;
    }
    String place = mode == Code.ABS ? Integer.toString(one.imm()) : "r" + one.src() + signed(one.imm());
    return "r0 = *(u" + 8 * Code.width(one.opcode()) + " *)skb[" + place + "]";
  }

  private static String memory(String sign, int opcode, int register, int offset) {
    return "*(" + sign + 8 * Code.width(opcode) + " *)(r" + register + " " + (offset < 0 ? "- " : "+ ") + Math.abs(offset) + ")";
  }

  private static String atomic(EbpfInstruction one) {
    int width = Code.width(one.opcode());
    String place = memory("u", one.opcode(), one.dst(), one.offset());
    String pointer = place.substring(1);
    switch (one.imm()) {
      case Atomics.EXCHANGE:
        return "r" + one.src() + " = xchg(" + pointer + ", r" + one.src() + ")";
      case Atomics.COMPARE_EXCHANGE:
        return "r0 = cmpxchg(" + pointer + ", r0, r" + one.src() + ")";
      case Atomics.LOAD_ACQUIRE:
        return "r" + one.dst() + " = load_acquire(" + memory("u", one.opcode(), one.src(), one.offset()).substring(1) + ")";
      case Atomics.STORE_RELEASE:
        return "store_release(" + pointer + ", r" + one.src() + ")";
      default:
        int operation = one.imm() & ~Atomics.FETCH;
        if (operation != Code.ADD && operation != Code.OR && operation != Code.AND && operation != Code.XOR || width < 4) {
          return null;
        }
        boolean fetches = (one.imm() & Atomics.FETCH) != 0;
        return (fetches ? "r" + one.src() + " = lock " : "lock ") + place + " " + SIGNS[operation >> 4] + "= r" + one.src();
    }
  }

  private static String arithmetic(EbpfInstruction one) {
    int opcode = one.opcode();
    int operation = Code.operation(opcode);
    boolean wide = Code.kind(opcode) == Code.ALU64;
    String prefix = wide ? "r" : "w";
    String dst = prefix + one.dst();
    String second = Code.isRegister(opcode) ? prefix + one.src() : constant(one.imm());
    switch (operation) {
      case Code.NEG:
        return dst + " = -" + dst;
      case Code.END:
        String order = wide ? "bswap" : Code.isRegister(opcode) ? "be" : "le";
        return "r" + one.dst() + " = " + order + one.imm() + " r" + one.dst();
      case Code.MOV:
        boolean extended = Code.isRegister(opcode) && (one.offset() == 8 || one.offset() == 16 || one.offset() == 32);
        return dst + " = " + (extended ? "(s" + one.offset() + ")" : "") + second;
      default:
        if (operation > Code.ARSH) {
          return null;
        }
        boolean signedDivision = (operation == Code.DIV || operation == Code.MOD) && one.offset() == 1;
        return dst + " " + (signedDivision ? "s" : "") + SIGNS[operation >> 4] + "= " + second;
    }
  }

  private static String jump(EbpfInstruction one) {
    int opcode = one.opcode();
    int operation = Code.operation(opcode);
    boolean wide = Code.kind(opcode) == Code.JMP;
    if (operation == Code.CALL || operation == Code.EXIT) {
      boolean plain = wide && !Code.isRegister(opcode);
      return !plain ? null : operation == Code.EXIT ? "exit" : "call " + one.imm();
    }
    if (operation == Code.JA) {
      return wide ? "goto " + signed(one.offset()) : "gotol " + signed(one.imm());
    }
    if (operation > Code.JSLE) {
      return null;
    }
    String prefix = wide ? "r" : "w";
    String second = Code.isRegister(opcode) ? prefix + one.src() : constant(one.imm());
    return "if " + prefix + one.dst() + " " + CONDITIONS[operation >> 4] + " " + second + " goto " + signed(one.offset());
  }

  private static String signed(int number) {
    return number < 0 ? Integer.toString(number) : "+" + number;
  }

  /** Small numbers as people count, others as hexadecimal digits. */
  private static String constant(int number) {
    return number > -10 && number < 10 ? Integer.toString(number) : number < 0 && number > -0x1000 ? "-0x" + Integer.toHexString(-number) : "0x" + Integer.toHexString(number);
  }
}
