package org.pktlab.filter.ebpf;

/** What a conditional jump says of the numbers that it compares. */
final class Conditions {
  private Conditions() {}

  /** Whether the jump is taken: 1 always, 0 never, -1 sometimes. */
  static int decide(int operation, boolean wide, Value a, Value b) {
    if (a.isPointer() && b.isNumber() && b.isConstant() && b.min == 0 && wide) {
      return operation == Code.JEQ ? 0 : operation == Code.JNE ? 1 : -1;
    }
    if (!a.isNumber() || !b.isNumber()) {
      return -1;
    }
    if (a.isConstant() && b.isConstant()) {
      return (wide ? Arithmetic.holds(operation, a.min, b.min) : Arithmetic.holds32(operation, a.min, b.min)) ? 1 : 0;
    }
    if (b.isConstant() && b.min == 0 && (operation == Code.JGE || operation == Code.JLT)) {
      return operation == Code.JGE ? 1 : 0;
    }
    if (wide && b.isConstant() && b.min == -1 && (operation == Code.JLE || operation == Code.JGT)) {
      return operation == Code.JLE ? 1 : 0;
    }
    if (!wide) {
      boolean signs = operation == Code.JSGT || operation == Code.JSGE || operation == Code.JSLT || operation == Code.JSLE;
      a = signs ? a.signedLow() : a.low();
      b = signs ? b.signedLow() : b.low();
      return decide(operation, a, b);
    }
    if (a.min >= 0 && b.max < 0 || a.max < 0 && b.min >= 0) {
      // Without signs the negative one is the larger.
      switch (operation) {
        case Code.JGT:
        case Code.JGE:
          return a.max < 0 ? 1 : 0;
        case Code.JLT:
        case Code.JLE:
          return a.max < 0 ? 0 : 1;
        default:
          break;
      }
    }
    return decide(operation, a, b);
  }

  private static int decide(int operation, Value a, Value b) {
    if (operation == Code.JSET) {
      boolean none = a.isConstant() && a.min == 0 || b.isConstant() && b.min == 0;
      return none || a.min >= 0 && b.min >= 0 && (bits(a) & bits(b)) == 0 ? 0 : -1;
    }
    int signed = comparable(operation, true, a, b);
    switch (signed) {
      case Code.JEQ:
        return a.max < b.min || a.min > b.max ? 0 : -1;
      case Code.JNE:
        return a.max < b.min || a.min > b.max ? 1 : -1;
      case Code.JSGT:
        return a.min > b.max ? 1 : a.max <= b.min ? 0 : -1;
      case Code.JSGE:
        return a.min >= b.max ? 1 : a.max < b.min ? 0 : -1;
      case Code.JSLT:
        return a.max < b.min ? 1 : a.min >= b.max ? 0 : -1;
      case Code.JSLE:
        return a.max <= b.min ? 1 : a.min > b.max ? 0 : -1;
      default:
        return -1;
    }
  }

  /** The bits that a number without a sign may have. */
  private static long bits(Value value) {
    return value.isConstant() ? value.min : (Long.highestOneBit(value.max) << 1) - 1;
  }

  /** What the first operand is when the condition holds. */
  static Value refine(int operation, boolean wide, Value a, Value b) {
    if (!a.isNumber() || !b.isNumber()) {
      return a;
    }
    boolean signs = operation == Code.JSGT || operation == Code.JSGE || operation == Code.JSLT || operation == Code.JSLE;
    if (!wide && !signs && b.isConstant()) {
      b = b.low();
    }
    // Below a bound that is no negative number, an unsigned number is no negative number either.
    if (wide && a.min < 0 && b.min >= 0 && (operation == Code.JLT || operation == Code.JLE)) {
      long max = operation == Code.JLT ? b.max - 1 : b.max;
      return Value.range(0, Math.max(0, a.max < 0 ? max : Math.min(a.max, max)));
    }
    switch (comparable(operation, wide, a, b)) {
      case Code.JEQ:
        return narrowed(a, b.min, b.max);
      case Code.JNE:
        if (b.isConstant() && a.min == b.min) {
          return narrowed(a, b.min + 1, a.max);
        }
        return b.isConstant() && a.max == b.min ? narrowed(a, a.min, b.min - 1) : a;
      case Code.JSGT:
        return b.min == Long.MAX_VALUE ? a : narrowed(a, b.min + 1, a.max);
      case Code.JSGE:
        return narrowed(a, b.min, a.max);
      case Code.JSLT:
        return b.max == Long.MIN_VALUE ? a : narrowed(a, a.min, b.max - 1);
      case Code.JSLE:
        return narrowed(a, a.min, b.max);
      default:
        return a;
    }
  }

  private static Value narrowed(Value a, long min, long max) {
    long low = Math.max(a.min, min);
    long high = Math.min(a.max, max);
    return low <= high ? Value.range(low, high) : a;
  }

  /** The signed comparison of the ranges that says the same; JSET if there is none. */
  private static int comparable(int operation, boolean wide, Value a, Value b) {
    boolean words = a.min >= 0 && b.min >= 0 && a.max <= 0xffff_ffffL && b.max <= 0xffff_ffffL;
    boolean halves = words && a.max <= Integer.MAX_VALUE && b.max <= Integer.MAX_VALUE;
    boolean positive = a.min >= 0 && b.min >= 0;
    switch (operation) {
      case Code.JEQ:
      case Code.JNE:
        return wide || words ? operation : Code.JSET;
      case Code.JSGT:
      case Code.JSGE:
      case Code.JSLT:
      case Code.JSLE:
        return wide || halves ? operation : Code.JSET;
      case Code.JGT:
        return wide ? positive ? Code.JSGT : Code.JSET : words ? Code.JSGT : Code.JSET;
      case Code.JGE:
        return wide ? positive ? Code.JSGE : Code.JSET : words ? Code.JSGE : Code.JSET;
      case Code.JLT:
        return wide ? positive ? Code.JSLT : Code.JSET : words ? Code.JSLT : Code.JSET;
      case Code.JLE:
        return wide ? positive ? Code.JSLE : Code.JSET : words ? Code.JSLE : Code.JSET;
      default:
        return Code.JSET;
    }
  }

  /** The condition that holds when this one does not. */
  static int opposite(int operation) {
    switch (operation) {
      case Code.JEQ:
        return Code.JNE;
      case Code.JNE:
        return Code.JEQ;
      case Code.JGT:
        return Code.JLE;
      case Code.JGE:
        return Code.JLT;
      case Code.JLT:
        return Code.JGE;
      case Code.JLE:
        return Code.JGT;
      case Code.JSGT:
        return Code.JSLE;
      case Code.JSGE:
        return Code.JSLT;
      case Code.JSLT:
        return Code.JSGE;
      case Code.JSLE:
        return Code.JSGT;
      default:
        return Code.JSET;
    }
  }

  /** The condition on the operands in the other order. */
  static int mirrored(int operation) {
    switch (operation) {
      case Code.JGT:
        return Code.JLT;
      case Code.JGE:
        return Code.JLE;
      case Code.JLT:
        return Code.JGT;
      case Code.JLE:
        return Code.JGE;
      case Code.JSGT:
        return Code.JSLT;
      case Code.JSGE:
        return Code.JSLE;
      case Code.JSLT:
        return Code.JSGT;
      case Code.JSLE:
        return Code.JSGE;
      default:
        return operation;
    }
  }
}
