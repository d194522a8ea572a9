package org.pktlab.filter.ebpf;

import java.util.Arrays;

/** Which registers are read later on: what the others hold makes no difference to a path. */
final class Liveness {
  /** Loops nested deeper than this are not worth the time: then all registers are taken for live, which is never wrong. */
  private static final int MOST_PASSES = 32;

  private static final int ALL = 0x7ff;

  private Liveness() {}

  /** For each instruction the registers, as bits, that may be read from there on before they are written. The fields of instructions must have been checked. */
  static int[] of(Code code) {
    int[] live = new int[code.size];
    boolean changed = true;
    for (int pass = 0; changed; pass++) {
      if (pass == MOST_PASSES) {
        Arrays.fill(live, ALL);
        return live;
      }
      changed = false;
      for (int i = code.size - 1; i >= 0; i--) {
        if (code.opcode[i] == 0 && i > 0 && code.opcode[i - 1] == Code.LDDW) {
          continue;
        }
        int after = 0;
        if (!code.isExit(i)) {
          after |= code.isJump(i) ? live[code.target(i)] : 0;
          after |= code.isAlways(i) ? 0 : live[code.next(i)];
        }
        int before = after & ~writes(code, i) | reads(code, i);
        if (before != live[i]) {
          live[i] = before;
          changed = true;
        }
      }
    }
    return live;
  }

  private static int writes(Code code, int i) {
    switch (Code.kind(code.opcode[i])) {
      case Code.LD:
        return code.opcode[i] == Code.LDDW ? 1 << code.dst[i] : 0x3f;
      case Code.LDX:
      case Code.ALU32:
      case Code.ALU64:
        return 1 << code.dst[i];
      default:
        return 0;
    }
  }

  private static int reads(Code code, int i) {
    int opcode = code.opcode[i];
    int dst = 1 << code.dst[i];
    int src = 1 << code.src[i];
    switch (Code.kind(opcode)) {
      case Code.LD:
        return opcode == Code.LDDW ? 0 : Code.mode(opcode) == Code.IND ? 1 << 6 | src : 1 << 6;
      case Code.LDX:
        return src;
      case Code.ST:
        return dst;
      case Code.STX:
        return Code.mode(opcode) == Code.ATOMIC ? dst | src | 1 : dst | src;
      case Code.ALU32:
      case Code.ALU64:
        int second = Code.isRegister(opcode) && Code.operation(opcode) != Code.END ? src : 0;
        return Code.operation(opcode) == Code.MOV ? second : dst | second;
      default:
        return code.isExit(i) ? 1 : code.isAlways(i) ? 0 : Code.isRegister(opcode) ? dst | src : dst;
    }
  }
}
