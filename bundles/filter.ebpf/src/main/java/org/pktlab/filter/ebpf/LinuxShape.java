package org.pktlab.filter.ebpf;

import java.util.ArrayDeque;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterRejectedException.Category;

/** What Linux looks at in single instructions and in where they lead, without what registers hold: known opcodes, reserved fields, jumps, unreachable instructions. */
final class LinuxShape {
  private final Code code;

  private LinuxShape(Code code) {
    this.code = code;
  }

  /** Checks all that does not depend on values, the fields of instructions included. */
  static void check(Code code) throws FilterRejectedException {
    LinuxShape shape = new LinuxShape(code);
    for (int i = 0; i < code.size; i = code.next(i)) {
      if (!shape.isKnown(i)) {
        throw rejected(Category.BAD_OPCODE, i, String.format("no opcode 0x%02x in this dialect", code.opcode[i]));
      }
      shape.registers(i);
      shape.fields(i);
    }
    shape.paths();
  }

  private boolean isKnown(int i) {
    int opcode = code.opcode[i];
    int operation = Code.operation(opcode);
    boolean register = Code.isRegister(opcode);
    switch (Code.kind(opcode)) {
      case Code.LD:
        return opcode == Code.LDDW || (Code.mode(opcode) == Code.ABS || Code.mode(opcode) == Code.IND) && Code.width(opcode) < 8;
      case Code.LDX:
        return Code.mode(opcode) == Code.MEM || Code.mode(opcode) == Code.MEMSX && Code.width(opcode) < 8;
      case Code.ST:
        return Code.mode(opcode) == Code.MEM;
      case Code.STX:
        return Code.mode(opcode) == Code.MEM || Code.mode(opcode) == Code.ATOMIC && isAtomic(code.imm[i], Code.width(opcode));
      case Code.ALU32:
        return operation <= Code.END && (operation != Code.NEG || !register);
      case Code.ALU64:
        return operation <= Code.END && ((operation != Code.NEG && operation != Code.END) || !register);
      case Code.JMP:
        return operation <= Code.JSLE && (!register || operation != Code.JA && operation != Code.CALL && operation != Code.EXIT);
      default:
        return operation <= Code.JSLE && operation != Code.CALL && operation != Code.EXIT && (!register || operation != Code.JA);
    }
  }

  private static boolean isAtomic(int imm, int width) {
    switch (imm) {
      case Atomics.LOAD_ACQUIRE:
      case Atomics.STORE_RELEASE:
        return true;
      case Atomics.EXCHANGE:
      case Atomics.COMPARE_EXCHANGE:
        return width >= 4;
      default:
        int operation = imm & ~Atomics.FETCH;
        return width >= 4 && (operation == Code.ADD || operation == Code.OR || operation == Code.AND || operation == Code.XOR);
    }
  }

  private void registers(int i) throws FilterRejectedException {
    if (code.src[i] > 10) {
      throw rejected(Category.BAD_SRC_REG, i, "there is no source register r" + code.src[i]);
    }
    if (code.dst[i] > 10) {
      throw rejected(Category.BAD_DST_REG, i, "there is no destination register r" + code.dst[i]);
    }
    int kind = Code.kind(code.opcode[i]);
    boolean writes = kind == Code.LD || kind == Code.LDX || kind == Code.ALU32 || kind == Code.ALU64;
    if (writes && code.dst[i] == 10) {
      throw rejected(Category.BAD_DST_REG, i, "r10 may not be written");
    }
  }

  private void fields(int i) throws FilterRejectedException {
    int opcode = code.opcode[i];
    int operation = Code.operation(opcode);
    boolean register = Code.isRegister(opcode);
    switch (Code.kind(opcode)) {
      case Code.LD:
        if (opcode == Code.LDDW) {
          wide(i);
        } else {
          zero(i, code.dst[i] | code.offset[i] | (Code.mode(opcode) == Code.ABS ? code.src[i] : 0));
        }
        break;
      case Code.LDX:
        zero(i, code.imm[i]);
        break;
      case Code.ST:
        zero(i, code.src[i]);
        break;
      case Code.STX:
        zero(i, Code.mode(opcode) == Code.MEM ? code.imm[i] : 0);
        break;
      case Code.ALU32:
      case Code.ALU64:
        alu(i);
        break;
      default:
        if (operation == Code.CALL) {
          throw ReferenceChecks.helper(i, code.imm[i]);
        }
        if (operation == Code.JA) {
          zero(i, code.src[i] | code.dst[i] | (Code.kind(opcode) == Code.JMP ? code.imm[i] : code.offset[i]));
        } else if (operation == Code.EXIT) {
          zero(i, code.src[i] | code.dst[i] | code.imm[i] | code.offset[i]);
        } else {
          zero(i, register ? code.imm[i] : code.src[i]);
        }
    }
  }

  private void wide(int i) throws FilterRejectedException {
    if (i + 1 == code.size || code.opcode[i + 1] != 0) {
      throw rejected(Category.LDDW_INCOMPLETE, i, "the second half of the 64-bit immediate is missing");
    }
    // A source other than 0 stands for a map, of which there are none.
    zero(i, code.src[i] | code.offset[i] | code.dst[i + 1] | code.src[i + 1] | code.offset[i + 1]);
  }

  private void alu(int i) throws FilterRejectedException {
    int operation = Code.operation(code.opcode[i]);
    boolean register = Code.isRegister(code.opcode[i]);
    boolean wide = Code.kind(code.opcode[i]) == Code.ALU64;
    int imm = code.imm[i];
    int offset = code.offset[i];
    switch (operation) {
      case Code.NEG:
        zero(i, code.src[i] | offset | imm);
        break;
      case Code.END:
        zero(i, code.src[i] | offset);
        if (imm != 16 && imm != 32 && imm != 64) {
          throw rejected(Category.BAD_SWAP_WIDTH, i, "octets are swapped in 16, 32 or 64 bits, not in " + imm);
        }
        break;
      case Code.MOV:
        boolean extends32 = offset == 8 || offset == 16;
        zero(i, register ? imm | (extends32 || wide && offset == 32 ? 0 : offset) : code.src[i] | offset);
        break;
      case Code.DIV:
      case Code.MOD:
        // Offset 1 makes it signed.
        zero(i, (register ? imm : code.src[i]) | offset & ~1);
        if (!register && imm == 0) {
          throw rejected(Category.ZERO_DIVISOR_IMM, i, "division by the constant 0");
        }
        break;
      default:
        zero(i, (register ? imm : code.src[i]) | offset);
        boolean shift = operation == Code.LSH || operation == Code.RSH || operation == Code.ARSH;
        if (shift && !register && (imm < 0 || imm >= (wide ? 64 : 32))) {
          throw rejected(Category.BAD_SHIFT, i, "a shift by " + imm + " of " + (wide ? 64 : 32) + " bits");
        }
    }
  }

  private static void zero(int i, int fields) throws FilterRejectedException {
    if (fields != 0) {
      throw rejected(Category.RESERVED_FIELD, i, "a field that the instruction does not use is not 0");
    }
  }

  /** Follows all jumps whatever their conditions. */
  private void paths() throws FilterRejectedException {
    boolean[] reached = new boolean[code.size];
    ArrayDeque<Integer> open = new ArrayDeque<>();
    reached[0] = true;
    open.push(0);
    while (!open.isEmpty()) {
      int i = open.pop();
      if (code.isExit(i)) {
        continue;
      }
      if (code.isJump(i)) {
        reach(reached, open, i, code.target(i));
      }
      if (!code.isAlways(i)) {
        reach(reached, open, i, code.next(i));
      }
    }
    for (int i = 0; i < code.size; i = code.next(i)) {
      if (!reached[i]) {
        throw rejected(Category.UNREACHABLE, i, "no path leads here");
      }
    }
  }

  private void reach(boolean[] reached, ArrayDeque<Integer> open, int from, int to) throws FilterRejectedException {
    if (to == code.size && to == code.next(from)) {
      throw rejected(Category.NO_EXIT, from, "the program ends here without an exit");
    }
    if (to < 0 || to >= code.size) {
      throw rejected(Category.JUMP_OUT_OF_RANGE, from, "a jump to instruction " + to + " of " + code.size);
    }
    if (to > 0 && code.opcode[to] == 0 && code.opcode[to - 1] == Code.LDDW) {
      throw rejected(Category.JUMP_INTO_LDDW, from, "a jump into the 64-bit immediate before instruction " + (to + 1));
    }
    if (to == from && code.isAlways(from)) {
      throw rejected(Category.SELF_JUMP, from, "a jump to itself");
    }
    if (!reached[to]) {
      reached[to] = true;
      open.push(to);
    }
  }

  private static FilterRejectedException rejected(Category category, int i, String message) {
    return new FilterRejectedException(category, i, message);
  }
}
