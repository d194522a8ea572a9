package org.pktlab.filter;

import java.util.Objects;

/** A program may not run. */
public final class FilterRejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why (programs specification, section 3.2), and what the verifier of the Linux dialect adds. */
  public enum Category {
    /** No instruction. */
    EMPTY_PROGRAM,
    /** 65,536 instructions or more. */
    TOO_MANY_INSTRUCTIONS,
    /** No instruction of this dialect. */
    BAD_OPCODE,
    /** A byte swap of a width other than 16, 32 and 64. */
    BAD_SWAP_WIDTH,
    /** A 64-bit immediate without its second half. */
    LDDW_INCOMPLETE,
    /** A jump to itself. */
    SELF_JUMP,
    /** A jump out of the program. */
    JUMP_OUT_OF_RANGE,
    /** A jump into the second half of a 64-bit immediate. */
    JUMP_INTO_LDDW,
    /** A call with an impossible number. */
    BAD_CALL_INDEX,
    /** A call: there are no helpers. */
    NO_SUCH_HELPER,
    /** Division or remainder by the constant 0. */
    ZERO_DIVISOR_IMM,
    /** A source register that does not exist. */
    BAD_SRC_REG,
    /** A destination register that does not exist or may not be written. */
    BAD_DST_REG,
    /** Linux: a field that the instruction does not use is not zero. */
    RESERVED_FIELD,
    /** Linux: a register is read before it was written. */
    UNINITIALISED,
    /** Linux: an instruction that no path reaches. */
    UNREACHABLE,
    /** Linux: a path that does not end with an exit. */
    NO_EXIT,
    /** Linux: a jump backwards whose loop cannot be shown to end, or a program with too many paths to look at. */
    UNBOUNDED_LOOP,
    /** Linux: an access to memory that is neither stack nor context, out of bounds or not aligned. */
    BAD_ACCESS,
    /** Linux: arithmetic on a pointer that is not allowed. */
    POINTER_MISUSE,
    /** Linux: a shift by a constant that is not below the width. */
    BAD_SHIFT
  }

  private final Category category;
  private final int instruction;

  /**
   * @param instruction index of the instruction, or -1 when it is about the whole program
   * @param message what was expected, in words, without the index
   */
  public FilterRejectedException(Category category, int instruction, String message) {
    super(instruction < 0 ? message : "instruction " + instruction + ": " + message, null, false, false);
    this.category = Objects.requireNonNull(category);
    this.instruction = instruction;
  }

  /** Why. */
  public Category category() {
    return category;
  }

  /** Index of the instruction, or -1 when it is about the whole program. */
  public int instruction() {
    return instruction;
  }
}
