package org.pktlab.filter.ebpf;

import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterRejectedException.Category;

/** What the C package looks at before it runs a program (programs specification, section 3.2): instruction by instruction, no flow of data. */
final class ReferenceChecks {
  private static final int LAST_HELPER = 63;

  private ReferenceChecks() {}

  static void check(Code code) throws FilterRejectedException {
    for (int i = 0; i < code.size; i = code.next(i)) {
      int opcode = code.opcode[i];
      if (!isKnown(opcode)) {
        throw rejected(Category.BAD_OPCODE, i, String.format("no opcode 0x%02x in this dialect", opcode));
      }
      checkOperands(code, i);
      if (code.isJump(i)) {
        checkJump(code, i);
      }
      if (code.src[i] > 10) {
        throw rejected(Category.BAD_SRC_REG, i, "there is no source register r" + code.src[i]);
      }
      int kind = Code.kind(opcode);
      boolean store = kind == Code.ST || kind == Code.STX;
      if (code.dst[i] > 9 && !(store && code.dst[i] == 10)) {
        throw rejected(Category.BAD_DST_REG, i, "r" + code.dst[i] + " may not be the destination");
      }
    }
  }

  private static void checkOperands(Code code, int i) throws FilterRejectedException {
    int opcode = code.opcode[i];
    int imm = code.imm[i];
    int kind = Code.kind(opcode);
    int operation = Code.operation(opcode);
    if (kind == Code.ALU32 && operation == Code.END && imm != 16 && imm != 32 && imm != 64) {
      throw rejected(Category.BAD_SWAP_WIDTH, i, "octets are swapped in 16, 32 or 64 bits, not in " + imm);
    }
    if (opcode == Code.LDDW && (i + 1 == code.size || code.opcode[i + 1] != 0)) {
      throw rejected(Category.LDDW_INCOMPLETE, i, "the second half of the 64-bit immediate is missing");
    }
    if (opcode == (Code.JMP | Code.CALL)) {
      throw helper(i, imm);
    }
    boolean divides = (kind == Code.ALU32 || kind == Code.ALU64) && (operation == Code.DIV || operation == Code.MOD);
    if (divides && !Code.isRegister(opcode) && imm == 0) {
      throw rejected(Category.ZERO_DIVISOR_IMM, i, "division by the constant 0");
    }
  }

  /** What is wrong with a call: everything. */
  static FilterRejectedException helper(int i, int number) {
    if (number < 0 || number > LAST_HELPER) {
      return rejected(Category.BAD_CALL_INDEX, i, "there is no function " + number);
    }
    return rejected(Category.NO_SUCH_HELPER, i, "there are no functions to call, nor function " + number);
  }

  private static void checkJump(Code code, int i) throws FilterRejectedException {
    if (code.offset[i] == -1) {
      throw rejected(Category.SELF_JUMP, i, "a jump to itself");
    }
    int target = code.target(i);
    if (target < 0 || target >= code.size) {
      throw rejected(Category.JUMP_OUT_OF_RANGE, i, "a jump to instruction " + target + " of " + code.size);
    }
    if (code.opcode[target] == 0) {
      throw rejected(Category.JUMP_INTO_LDDW, i, "a jump into the 64-bit immediate before instruction " + (target + 1));
    }
  }

  /** Section 3.3. */
  private static boolean isKnown(int opcode) {
    int mode = Code.mode(opcode);
    int operation = Code.operation(opcode);
    switch (Code.kind(opcode)) {
      case Code.LD:
        return opcode == Code.LDDW || mode == Code.ABS || mode == Code.IND;
      case Code.LDX:
      case Code.ST:
      case Code.STX:
        return mode == Code.MEM;
      case Code.ALU32:
        return operation < Code.END && (operation != Code.NEG || !Code.isRegister(opcode)) || operation == Code.END;
      case Code.ALU64:
        return operation < Code.END && (operation != Code.NEG || !Code.isRegister(opcode));
      case Code.JMP:
        return operation <= Code.JSLE && (!Code.isRegister(opcode) || operation != Code.JA && operation != Code.CALL && operation != Code.EXIT);
      default:
        return false;
    }
  }

  private static FilterRejectedException rejected(Category category, int i, String message) {
    return new FilterRejectedException(category, i, message);
  }
}
