package org.pktlab.filter.ebpf;

/**
 * What the operations mean, in plain Java: registers are 64 bits, results of 32-bit operations are zero-extended. Division by zero is for the caller to judge. Operations
 * are multiples of 16; without that factor the JVM finds the case in a table.
 */
final class Arithmetic {
  private Arithmetic() {}

  /** A 64-bit operation; counts of shifts are taken modulo 64, division and remainder are unsigned. The second operand of those is not 0. */
  static long alu64(int operation, long a, long b) {
    switch (operation >> 4) {
      case Code.ADD >> 4:
        return a + b;
      case Code.SUB >> 4:
        return a - b;
      case Code.MUL >> 4:
        return a * b;
      case Code.DIV >> 4:
        return Long.divideUnsigned(a, b);
      case Code.MOD >> 4:
        return Long.remainderUnsigned(a, b);
      case Code.OR >> 4:
        return a | b;
      case Code.AND >> 4:
        return a & b;
      case Code.XOR >> 4:
        return a ^ b;
      case Code.LSH >> 4:
        return a << b;
      case Code.RSH >> 4:
        return a >>> b;
      case Code.ARSH >> 4:
        return a >> b;
      case Code.NEG >> 4:
        return -a;
      case Code.MOV >> 4:
        return b;
      default:
        throw new IllegalStateException("no operation " + operation);
    }
  }

  /** A 32-bit operation on the low halves; counts of shifts are taken modulo 32. */
  static long alu32(int operation, long a, long b) {
    int x = (int) a;
    int y = (int) b;
    switch (operation >> 4) {
      case Code.DIV >> 4:
        return Integer.divideUnsigned(x, y) & 0xffff_ffffL;
      case Code.MOD >> 4:
        return Integer.remainderUnsigned(x, y) & 0xffff_ffffL;
      case Code.LSH >> 4:
        return x << y & 0xffff_ffffL;
      case Code.RSH >> 4:
        return x >>> y & 0xffff_ffffL;
      case Code.ARSH >> 4:
        return x >> y & 0xffff_ffffL;
      default:
        return alu64(operation, a, b) & 0xffff_ffffL;
    }
  }

  /** Whether a conditional jump on 64 bits is taken. */
  static boolean holds(int operation, long a, long b) {
    switch (operation >> 4) {
      case Code.JEQ >> 4:
        return a == b;
      case Code.JNE >> 4:
        return a != b;
      case Code.JSET >> 4:
        return (a & b) != 0;
      case Code.JGT >> 4:
        return Long.compareUnsigned(a, b) > 0;
      case Code.JGE >> 4:
        return Long.compareUnsigned(a, b) >= 0;
      case Code.JLT >> 4:
        return Long.compareUnsigned(a, b) < 0;
      case Code.JLE >> 4:
        return Long.compareUnsigned(a, b) <= 0;
      case Code.JSGT >> 4:
        return a > b;
      case Code.JSGE >> 4:
        return a >= b;
      case Code.JSLT >> 4:
        return a < b;
      case Code.JSLE >> 4:
        return a <= b;
      default:
        throw new IllegalStateException("no condition " + operation);
    }
  }

  /** Whether a conditional jump on the low halves is taken. Sign extension keeps both orders. */
  static boolean holds32(int operation, long a, long b) {
    return holds(operation, (int) a, (int) b);
  }

  /** The low {@code octets} of a value, turned around. */
  static long swapped(long value, int octets) {
    return Long.reverseBytes(value) >>> 64 - 8 * octets;
  }

  /** The low {@code octets} of a value, zero-extended. */
  static long truncated(long value, int octets) {
    return octets == 8 ? value : value & (1L << 8 * octets) - 1;
  }

  /** The low {@code octets} of a value, sign-extended. */
  static long extended(long value, int octets) {
    int rest = 64 - 8 * octets;
    return value << rest >> rest;
  }

  /** Unsigned division as Linux does it: by 0 gives 0. */
  static long divide64(long a, long b) {
    return b == 0 ? 0 : Long.divideUnsigned(a, b);
  }

  /** Unsigned remainder as Linux does it: by 0 gives the dividend. */
  static long remainder64(long a, long b) {
    return b == 0 ? a : Long.remainderUnsigned(a, b);
  }

  /** {@link #divide64} of the low halves. */
  static long divide32(long a, long b) {
    return divide64(a & 0xffff_ffffL, b & 0xffff_ffffL);
  }

  /** {@link #remainder64} of the low halves. */
  static long remainder32(long a, long b) {
    return remainder64(a & 0xffff_ffffL, b & 0xffff_ffffL);
  }

  /** Signed division as Linux does it. */
  static long signedDivide64(long a, long b) {
    return b == 0 ? 0 : a / b;
  }

  /** Signed remainder as Linux does it. */
  static long signedRemainder64(long a, long b) {
    return b == 0 ? a : a % b;
  }

  /** {@link #signedDivide64} of the low halves. */
  static long signedDivide32(long a, long b) {
    return signedDivide64((int) a, (int) b) & 0xffff_ffffL;
  }

  /** {@link #signedRemainder64} of the low halves. */
  static long signedRemainder32(long a, long b) {
    return signedRemainder64((int) a, (int) b) & 0xffff_ffffL;
  }
}
