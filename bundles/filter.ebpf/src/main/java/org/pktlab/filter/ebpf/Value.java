package org.pktlab.filter.ebpf;

/**
 * What is known of a register: nothing may be read from it, or it is a number in a signed range, or it points that many octets behind the context's start or the stack's
 * end. Immutable.
 */
final class Value {
  /** What it is. */
  enum Kind {
    UNINITIALISED,
    NUMBER,
    CONTEXT,
    STACK
  }

  static final Value NONE = new Value(Kind.UNINITIALISED, 0, 0);
  static final Value ANY = new Value(Kind.NUMBER, Long.MIN_VALUE, Long.MAX_VALUE);
  static final Value WORD = new Value(Kind.NUMBER, 0, 0xffff_ffffL);

  final Kind kind;
  final long min;
  final long max;

  private Value(Kind kind, long min, long max) {
    this.kind = kind;
    this.min = min;
    this.max = max;
  }

  static Value constant(long number) {
    return new Value(Kind.NUMBER, number, number);
  }

  static Value range(long min, long max) {
    return new Value(Kind.NUMBER, min, max);
  }

  static Value pointer(Kind kind, long min, long max) {
    return new Value(kind, min, max);
  }

  /** A load of so many octets, zero-extended. */
  static Value loaded(int width) {
    return width == 8 ? ANY : new Value(Kind.NUMBER, 0, (1L << 8 * width) - 1);
  }

  boolean isNumber() {
    return kind == Kind.NUMBER;
  }

  boolean isPointer() {
    return kind == Kind.CONTEXT || kind == Kind.STACK;
  }

  boolean isConstant() {
    return min == max;
  }

  /** The number's low half, zero-extended. */
  Value low() {
    return min >= 0 && max <= 0xffff_ffffL ? this : isConstant() ? constant(min & 0xffff_ffffL) : WORD;
  }

  /** The number's low half, sign-extended. */
  Value signedLow() {
    if (isConstant()) {
      return constant((int) min);
    }
    if (min >= Integer.MIN_VALUE && max <= Integer.MAX_VALUE) {
      return this;
    }
    return min > Integer.MAX_VALUE && max <= 0xffff_ffffL ? range((int) min, (int) max) : range(Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Whether whatever holds for this holds for the other. */
  boolean covers(Value other) {
    return kind == Kind.UNINITIALISED || kind == other.kind && min <= other.min && max >= other.max;
  }

  boolean same(Value other) {
    return kind == other.kind && min == other.min && max == other.max;
  }

  /** What is known when it is one or the other. */
  Value or(Value other) {
    if (same(other)) {
      return this;
    }
    if (kind != other.kind || kind != Kind.NUMBER) {
      return NONE;
    }
    return new Value(kind, Math.min(min, other.min), Math.max(max, other.max));
  }

  /** The result of an operation on two numbers. */
  static Value of(int operation, boolean wide, Value a, Value b) {
    if (!wide) {
      a = a.low();
      b = b.low();
    }
    boolean divides = operation == Code.DIV || operation == Code.MOD;
    if (a.isConstant() && b.isConstant() && !(divides && b.min == 0)) {
      return constant(wide ? Arithmetic.alu64(operation, a.min, b.min) : Arithmetic.alu32(operation, a.min, b.min));
    }
    Value result = estimate(operation, a, b, wide);
    return wide ? result : result.low();
  }

  private static Value estimate(int operation, Value a, Value b, boolean wide) {
    boolean positive = a.min >= 0 && b.min >= 0;
    int bits = wide ? 64 : 32;
    try {
      switch (operation) {
        case Code.ADD:
          return range(Math.addExact(a.min, b.min), Math.addExact(a.max, b.max));
        case Code.SUB:
          return range(Math.subtractExact(a.min, b.max), Math.subtractExact(a.max, b.min));
        case Code.MUL:
          return positive ? range(a.min * b.min, Math.multiplyExact(a.max, b.max)) : ANY;
        case Code.AND:
          if (positive) {
            return range(0, Math.min(a.max, b.max));
          }
          return b.min >= 0 ? range(0, b.max) : a.min >= 0 ? range(0, a.max) : ANY;
        case Code.OR:
        case Code.XOR:
          long least = operation == Code.OR ? Math.max(a.min, b.min) : 0;
          return positive ? range(least, (Long.highestOneBit(a.max | b.max) << 1) - 1 & Long.MAX_VALUE) : ANY;
        case Code.LSH:
          if (b.isConstant() && b.min >= 0 && b.min < bits && a.min >= 0 && a.max <= Long.MAX_VALUE >> b.min) {
            return range(a.min << b.min, a.max << b.min);
          }
          return ANY;
        case Code.RSH:
          if (!b.isConstant() || b.min < 0 || b.min >= bits) {
            return a.min >= 0 ? range(0, a.max) : ANY;
          }
          return a.min >= 0 ? range(a.min >>> b.min, a.max >>> b.min) : b.min == 0 ? a : range(0, -1L >>> b.min);
        case Code.ARSH:
          return wide && b.isConstant() && b.min >= 0 && b.min < bits ? range(a.min >> b.min, a.max >> b.min) : ANY;
        case Code.DIV:
          return a.min >= 0 ? range(0, a.max) : ANY;
        case Code.MOD:
          return b.isConstant() && b.min > 0 ? range(0, b.min - 1) : a.min >= 0 ? range(0, a.max) : ANY;
        case Code.MOV:
          return b;
        default:
          return ANY;
      }
    } catch (ArithmeticException overflow) {
      return ANY;
    }
  }
}
