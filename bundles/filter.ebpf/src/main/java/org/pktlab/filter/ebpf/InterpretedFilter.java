package org.pktlab.filter.ebpf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterFaultException.Kind;

/**
 * A program that is run instruction by instruction (programs specification, section 3.3, and for the Linux dialect its remarks). Where the C package leaves a result
 * undefined, Linux's is taken.
 */
final class InterpretedFilter extends MachineFilter {
  private static final int REGISTERS = 11;
  private static final long LOW = 0xffff_ffffL;

  // In the place of opcodes; of those that remain, none is one of these.
  private static final int SPECIAL = Code.ALU64 | Code.END;

  private static final int REFERENCE_LOAD = Code.ALU32 | Code.END;

  /** In the place of what a packet load of Linux yields, which has no sign. */
  private static final long OUTSIDE = -1;

  private final Code code;
  private final boolean linux;

  /** Registers 0 to 10, and behind them the constant of each instruction: so a second operand is always found by one index. */
  private final long[] r;

  // Columns of the program, so that nothing is worked out twice.
  private final int[] actions;
  private final int[] dsts;
  private final int[] seconds;
  private final int[] offsets;

  InterpretedFilter(Code code, Dialect dialect) {
    super(code, dialect);
    this.code = code;
    this.linux = dialect == Dialect.LINUX;
    actions = new int[code.size];
    dsts = code.dst;
    seconds = new int[code.size];
    offsets = code.offset;
    r = new long[REGISTERS + code.size];
    for (int i = 0; i < code.size; i = code.next(i)) {
      int opcode = code.opcode[i];
      boolean computes = Code.kind(opcode) >= Code.ALU32;
      boolean loads = Code.kind(opcode) == Code.LD && opcode != Code.LDDW;
      actions[i] = isSpecial(i) ? SPECIAL : loads && !linux ? REFERENCE_LOAD : computes ? opcode & ~Code.REGISTER : opcode;
      seconds[i] = computes && Code.isRegister(opcode) ? code.src[i] : REGISTERS + i;
      r[REGISTERS + i] = opcode == Code.LDDW ? code.wide(i) : Code.kind(opcode) == Code.JMP ? comparand(code, i, linux) : code.imm[i];
    }
  }

  /** Whether an instruction is an arithmetic one that depends on the dialect, or has variants. */
  private boolean isSpecial(int i) {
    int kind = Code.kind(code.opcode[i]);
    int operation = Code.operation(code.opcode[i]);
    boolean varies = operation == Code.DIV || operation == Code.MOD || operation == Code.END || operation == Code.MOV && linux && offsets[i] != 0;
    return (kind == Code.ALU64 || kind == Code.ALU32) && (varies || kind == Code.ALU32 && operation == Code.LSH && !linux);
  }

  @Override
  long execute(ByteBuffer packet, int offset, int length, long r1, long r2) throws FilterFaultException {
    Arrays.fill(r, 0, REGISTERS, 0);
    r[1] = r1;
    r[2] = r2;
    r[10] = Memory.STACK_END;
    int size = actions.length;
    int pc = 0;
    for (int executed = 0; ; executed++) {
      // The exit itself is not counted.
      if (pc == size || executed == INSTRUCTION_BUDGET && !code.isExit(pc)) {
        throw FilterFaultException.of(Kind.LIMIT_OR_END);
      }
      int i = pc++;
      int dst = dsts[i];
      long b = r[seconds[i]];
      long loaded;
      switch (actions[i]) {
        case Code.ALU64 | Code.ADD:
          r[dst] += b;
          break;
        case Code.ALU64 | Code.SUB:
          r[dst] -= b;
          break;
        case Code.ALU64 | Code.MUL:
          r[dst] *= b;
          break;
        case Code.ALU64 | Code.OR:
          r[dst] |= b;
          break;
        case Code.ALU64 | Code.AND:
          r[dst] &= b;
          break;
        case Code.ALU64 | Code.XOR:
          r[dst] ^= b;
          break;
        case Code.ALU64 | Code.LSH:
          r[dst] <<= b;
          break;
        case Code.ALU64 | Code.RSH:
          r[dst] >>>= b;
          break;
        case Code.ALU64 | Code.ARSH:
          r[dst] >>= b;
          break;
        case Code.ALU64 | Code.NEG:
          r[dst] = -r[dst];
          break;
        case Code.ALU64 | Code.MOV:
          r[dst] = b;
          break;
        case Code.ALU32 | Code.ADD:
          r[dst] = (r[dst] + b) & LOW;
          break;
        case Code.ALU32 | Code.SUB:
          r[dst] = (r[dst] - b) & LOW;
          break;
        case Code.ALU32 | Code.MUL:
          r[dst] = (r[dst] * b) & LOW;
          break;
        case Code.ALU32 | Code.OR:
          r[dst] = (r[dst] | b) & LOW;
          break;
        case Code.ALU32 | Code.AND:
          r[dst] = r[dst] & b & LOW;
          break;
        case Code.ALU32 | Code.XOR:
          r[dst] = (r[dst] ^ b) & LOW;
          break;
        case Code.ALU32 | Code.LSH:
          r[dst] = (int) r[dst] << (int) b & LOW;
          break;
        case Code.ALU32 | Code.RSH:
          r[dst] = (int) r[dst] >>> (int) b & LOW;
          break;
        case Code.ALU32 | Code.ARSH:
          r[dst] = (int) r[dst] >> (int) b & LOW;
          break;
        case Code.ALU32 | Code.NEG:
          r[dst] = -r[dst] & LOW;
          break;
        case Code.ALU32 | Code.MOV:
          r[dst] = b & LOW;
          break;
        case Code.JMP | Code.JEQ:
          pc += r[dst] == b ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JNE:
          pc += r[dst] != b ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JSET:
          pc += (r[dst] & b) != 0 ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JGT:
          pc += Long.compareUnsigned(r[dst], b) > 0 ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JGE:
          pc += Long.compareUnsigned(r[dst], b) >= 0 ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JLT:
          pc += Long.compareUnsigned(r[dst], b) < 0 ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JLE:
          pc += Long.compareUnsigned(r[dst], b) <= 0 ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JSGT:
          pc += r[dst] > b ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JSGE:
          pc += r[dst] >= b ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JSLT:
          pc += r[dst] < b ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JSLE:
          pc += r[dst] <= b ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JEQ:
          pc += (int) r[dst] == (int) b ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JNE:
          pc += (int) r[dst] != (int) b ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JSET:
          pc += ((int) r[dst] & (int) b) != 0 ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JGT:
          pc += Integer.compareUnsigned((int) r[dst], (int) b) > 0 ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JGE:
          pc += Integer.compareUnsigned((int) r[dst], (int) b) >= 0 ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JLT:
          pc += Integer.compareUnsigned((int) r[dst], (int) b) < 0 ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JLE:
          pc += Integer.compareUnsigned((int) r[dst], (int) b) <= 0 ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JSGT:
          pc += (int) r[dst] > (int) b ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JSGE:
          pc += (int) r[dst] >= (int) b ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JSLT:
          pc += (int) r[dst] < (int) b ? offsets[i] : 0;
          break;
        case Code.JMP32 | Code.JSLE:
          pc += (int) r[dst] <= (int) b ? offsets[i] : 0;
          break;
        case Code.JMP | Code.JA:
          pc += offsets[i];
          break;
        case Code.JMP32 | Code.JA:
          // The long jump of Linux keeps its distance in the immediate.
          pc += (int) b;
          break;
        case Code.JMP | Code.EXIT:
          return r[0];
        case Code.LDDW:
          r[dst] = b;
          pc++;
          break;
        case SPECIAL:
          r[dst] = special(i, r[dst], b);
          break;
        case Code.LD | Code.ABS | Code.B:
          loaded = network(packet, offset, length, (int) b, 1);
          if (loaded == OUTSIDE) {
            return 0;
          }
          r[0] = loaded;
          break;
        case Code.LD | Code.ABS | Code.H:
          loaded = network(packet, offset, length, (int) b, 2);
          if (loaded == OUTSIDE) {
            return 0;
          }
          r[0] = loaded;
          break;
        case Code.LD | Code.ABS | Code.W:
          loaded = network(packet, offset, length, (int) b, 4);
          if (loaded == OUTSIDE) {
            return 0;
          }
          r[0] = loaded;
          break;
        case Code.LD | Code.IND | Code.B:
          loaded = network(packet, offset, length, (int) b + (int) r[code.src[i]], 1);
          if (loaded == OUTSIDE) {
            return 0;
          }
          r[0] = loaded;
          break;
        case Code.LD | Code.IND | Code.H:
          loaded = network(packet, offset, length, (int) b + (int) r[code.src[i]], 2);
          if (loaded == OUTSIDE) {
            return 0;
          }
          r[0] = loaded;
          break;
        case Code.LD | Code.IND | Code.W:
          loaded = network(packet, offset, length, (int) b + (int) r[code.src[i]], 4);
          if (loaded == OUTSIDE) {
            return 0;
          }
          r[0] = loaded;
          break;
        case REFERENCE_LOAD:
          long from = Code.mode(code.opcode[i]) == Code.IND ? b + r[code.src[i]] : b;
          r[0] = Packet.reference(packet, offset, length, from, Code.width(code.opcode[i]));
          break;
        default:
          memory(i, b);
      }
    }
  }

  /** A packet load of Linux. */
  private static long network(ByteBuffer packet, int offset, int length, int at, int width) {
    int place = Packet.place(at, width, length);
    return place < 0 ? OUTSIDE : Packet.network(packet, offset + place, width);
  }

  /** Loads and stores of stack and context. */
  private void memory(int i, long constant) throws FilterFaultException {
    int opcode = code.opcode[i];
    int width = Code.width(opcode);
    switch (Code.kind(opcode)) {
      case Code.LDX:
        long loaded = memory.load(r[code.src[i]] + offsets[i], width);
        r[dsts[i]] = Code.mode(opcode) == Code.MEMSX ? Arithmetic.extended(loaded, width) : loaded;
        break;
      case Code.ST:
        memory.store(r[dsts[i]] + offsets[i], width, constant);
        break;
      default:
        if (Code.mode(opcode) == Code.ATOMIC) {
          atomic(i);
        } else {
          memory.store(r[dsts[i]] + offsets[i], width, r[code.src[i]]);
        }
    }
  }

  /** The constant that a 64-bit jump compares with: the C package extends it without the sign where order is unsigned. */
  static long comparand(Code code, int i, boolean linux) {
    int operation = Code.operation(code.opcode[i]);
    boolean unsigned = operation == Code.JGT || operation == Code.JGE || operation == Code.JLT || operation == Code.JLE;
    return unsigned && !linux ? code.imm[i] & LOW : code.imm[i];
  }

  /** Division, byte swaps, and what the dialects do not have in common. */
  private long special(int i, long a, long b) throws FilterFaultException {
    int opcode = code.opcode[i];
    int operation = Code.operation(opcode);
    boolean wide = Code.kind(opcode) == Code.ALU64;
    int offset = linux ? offsets[i] : 0;
    switch (operation) {
      case Code.DIV:
      case Code.MOD:
        if (!linux && b == 0) {
          throw FilterFaultException.of(Kind.DIV_ZERO);
        }
        return divided(operation == Code.DIV, wide, offset != 0, a, b);
      case Code.END:
        // Operand bit clear: to little endian, which is what registers are in; the 64-bit class of Linux always swaps.
        boolean swaps = wide || Code.isRegister(opcode);
        return swaps ? Arithmetic.swapped(a, code.imm[i] / 8) : Arithmetic.truncated(a, code.imm[i] / 8);
      case Code.LSH:
        // The 32-bit left shift of the C package is one of 64 bits, cut off afterwards.
        return a << b & LOW;
      default:
        // A sign-extending move.
        long extended = Arithmetic.extended(b, offset / 8);
        return wide ? extended : extended & LOW;
    }
  }

  private static long divided(boolean quotient, boolean wide, boolean signed, long a, long b) {
    if (signed && wide) {
      return quotient ? Arithmetic.signedDivide64(a, b) : Arithmetic.signedRemainder64(a, b);
    }
    if (signed) {
      return quotient ? Arithmetic.signedDivide32(a, b) : Arithmetic.signedRemainder32(a, b);
    }
    if (wide) {
      return quotient ? Arithmetic.divide64(a, b) : Arithmetic.remainder64(a, b);
    }
    return quotient ? Arithmetic.divide32(a, b) : Arithmetic.remainder32(a, b);
  }

  private void atomic(int i) throws FilterFaultException {
    int operation = code.imm[i];
    long address = r[operation == Atomics.LOAD_ACQUIRE ? code.src[i] : code.dst[i]] + code.offset[i];
    long old = Atomics.access(memory, operation, Code.width(code.opcode[i]), address, r[code.src[i]], r[0]);
    int result = Atomics.result(operation, code.dst[i], code.src[i]);
    if (result >= 0) {
      r[result] = old;
    }
  }
}
