package org.pktlab.filter.ebpf;

import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterRejectedException.Category;

/** What is known of registers and stack between two instructions, and what an instruction that does not jump makes of it. Mutable; copied where paths part. */
final class Knowledge {
  private static final int SLOTS = Code.STACK / 8;

  final Value[] registers;

  /**
   * Values that were stored as a whole, by slot of 8 octets from the stack's start; null where there is some number, NONE where a pointer may lie in part. Shared between
   * copies until written.
   */
  private Value[] slots;

  private boolean slotsShared;

  private Knowledge(Value[] registers, Value[] slots) {
    this.registers = registers;
    this.slots = slots;
  }

  /** At the start of a program. */
  static Knowledge initial() {
    Value[] registers = new Value[11];
    java.util.Arrays.fill(registers, Value.NONE);
    registers[1] = Value.pointer(Value.Kind.CONTEXT, 0, 0);
    registers[10] = Value.pointer(Value.Kind.STACK, 0, 0);
    return new Knowledge(registers, null);
  }

  Knowledge copy() {
    slotsShared = true;
    Knowledge copy = new Knowledge(registers.clone(), slots);
    copy.slotsShared = true;
    return copy;
  }

  /** Whether every path from the other is one from this, looking at the registers in the set only. */
  boolean covers(Knowledge other, int live) {
    for (int r = 0; r < 10; r++) {
      if ((live & 1 << r) != 0 && !registers[r].covers(other.registers[r])) {
        return false;
      }
    }
    for (int slot = 0; slots != other.slots && slot < SLOTS; slot++) {
      Value mine = slot(slot);
      Value others = other.slot(slot);
      if (mine == others || mine != null && others != null && (mine.isNumber() ? mine.covers(others) : mine.same(others))) {
        continue;
      }
      if (mine != null || !others.isNumber()) {
        return false;
      }
    }
    return true;
  }

  /** What is known when it is this or the other. */
  Knowledge or(Knowledge other) {
    Knowledge both = copy();
    for (int r = 0; r < 10; r++) {
      both.registers[r] = registers[r].or(other.registers[r]);
    }
    if (slots != other.slots) {
      for (int slot = 0; slot < SLOTS; slot++) {
        Value mine = slot(slot);
        Value others = other.slot(slot);
        if (mine != others) {
          boolean numbers = (mine == null || mine.isNumber()) && (others == null || others.isNumber());
          both.slot(slot, numbers ? mine == null || others == null ? null : mine.or(others) : mine == null || others == null ? Value.NONE : mine.or(others));
        }
      }
    }
    return both;
  }

  private Value slot(int slot) {
    return slots == null ? null : slots[slot];
  }

  private void slot(int slot, Value value) {
    if (slots == null) {
      if (value == null) {
        return;
      }
      slots = new Value[SLOTS];
      slotsShared = false;
    } else if (slotsShared) {
      slots = slots.clone();
      slotsShared = false;
    }
    slots[slot] = value;
  }

  /** The value of a register that an instruction reads. */
  Value read(int i, int register) throws FilterRejectedException {
    if (registers[register].kind == Value.Kind.UNINITIALISED) {
      throw new FilterRejectedException(Category.UNINITIALISED, i, "r" + register + " is read before it was written");
    }
    return registers[register];
  }

  /** The second operand of an ALU or jump instruction. */
  Value operand(Code code, int i) throws FilterRejectedException {
    return Code.isRegister(code.opcode[i]) ? read(i, code.src[i]) : Value.constant(code.imm[i]);
  }

  /** Takes an instruction that neither jumps nor exits. */
  void step(Code code, int i) throws FilterRejectedException {
    int opcode = code.opcode[i];
    int dst = code.dst[i];
    switch (Code.kind(opcode)) {
      case Code.LD:
        if (opcode == Code.LDDW) {
          registers[dst] = Value.constant(code.wide(i));
        } else {
          packetLoad(code, i);
        }
        break;
      case Code.LDX:
        registers[dst] = load(i, read(i, code.src[i]), code.offset[i], Code.width(opcode), Code.mode(opcode) == Code.MEMSX);
        break;
      case Code.ST:
        store(i, read(i, dst), code.offset[i], Code.width(opcode), Value.constant(code.imm[i]));
        break;
      case Code.STX:
        Value stored = read(i, code.src[i]);
        if (Code.mode(opcode) == Code.ATOMIC) {
          atomic(code, i);
        } else {
          store(i, read(i, dst), code.offset[i], Code.width(opcode), stored);
        }
        break;
      default:
        alu(code, i);
    }
  }

  private void packetLoad(Code code, int i) throws FilterRejectedException {
    Value context = read(i, 6);
    if (context.kind != Value.Kind.CONTEXT || context.min != 0 || context.max != 0) {
      throw misuse(Category.BAD_ACCESS, i, "r6 must hold the context where a packet is loaded from");
    }
    if (Code.mode(code.opcode[i]) == Code.IND) {
      read(i, code.src[i]);
    }
    java.util.Arrays.fill(registers, 1, 6, Value.NONE);
    // Linux does not keep in mind how wide the load was.
    registers[0] = Value.ANY;
  }

  private Value load(int i, Value pointer, int offset, int width, boolean signed) throws FilterRejectedException {
    if (pointer.kind == Value.Kind.CONTEXT) {
      Metadata.checkLoad(i, exact(i, pointer) == 0, offset, width);
      return signed ? Value.ANY : Value.loaded(width);
    }
    long low = stack(i, pointer, offset, width);
    long high = pointer.max + offset;
    for (long slot = slotOf(low); slot <= slotOf(high + width - 1); slot++) {
      Value stored = slot((int) slot);
      boolean whole = width == 8 && low == high;
      if (stored != null && stored.isNumber() && (whole || low == high && stored.isConstant())) {
        return whole ? stored : part(stored.min, low, width, signed);
      }
      if (stored != null && !stored.isNumber()) {
        if (stored == Value.NONE || !whole) {
          throw misuse(Category.POINTER_MISUSE, i, "part of a stored pointer is loaded");
        }
        return stored;
      }
    }
    return signed ? Value.range(-1L << 8 * width - 1, (1L << 8 * width - 1) - 1) : Value.loaded(width);
  }

  /** Some octets of a constant in a slot. */
  private static Value part(long constant, long place, int width, boolean signed) {
    long value = constant >>> 8 * Math.floorMod(place, 8);
    return Value.constant(signed ? Arithmetic.extended(value, width) : Arithmetic.truncated(value, width));
  }

  private void store(int i, Value pointer, int offset, int width, Value value) throws FilterRejectedException {
    if (pointer.kind == Value.Kind.CONTEXT) {
      Metadata.checkStore(i, exact(i, pointer) == 0, offset, width);
      return;
    }
    long low = stack(i, pointer, offset, width);
    long high = pointer.max + offset;
    boolean whole = width == 8 && low == high;
    Value before = slot((int) slotOf(low));
    if (low == high && before != null && before.isNumber() && before.isConstant() && value.isNumber() && value.isConstant() && width < 8) {
      int shift = 8 * (int) Math.floorMod(low, 8);
      long mask = (1L << 8 * width) - 1 << shift;
      slot((int) slotOf(low), Value.constant(before.min & ~mask | value.min << shift & mask));
      return;
    }
    for (long slot = slotOf(low); slot <= slotOf(high + width - 1); slot++) {
      slot((int) slot, whole ? value : value.isPointer() && width == 8 ? Value.NONE : null);
    }
  }

  private void atomic(Code code, int i) throws FilterRejectedException {
    int width = Code.width(code.opcode[i]);
    int imm = code.imm[i];
    // A load-acquire has its address in the source, all others in the destination.
    Value pointer = read(i, imm == Atomics.LOAD_ACQUIRE ? code.src[i] : code.dst[i]);
    if (pointer.kind == Value.Kind.CONTEXT) {
      throw misuse(Category.BAD_ACCESS, i, "an atomic access to the context");
    }
    if (imm == Atomics.LOAD_ACQUIRE) {
      if (code.dst[i] == 10) {
        throw misuse(Category.BAD_DST_REG, i, "r10 may not be written");
      }
      registers[code.dst[i]] = load(i, pointer, code.offset[i], width, false);
      return;
    }
    if (imm == Atomics.STORE_RELEASE) {
      store(i, pointer, code.offset[i], width, read(i, code.src[i]));
      return;
    }
    if (imm == Atomics.COMPARE_EXCHANGE) {
      read(i, 0);
    }
    Value old = load(i, pointer, code.offset[i], width, false);
    store(i, pointer, code.offset[i], width, Value.ANY);
    if ((imm & Atomics.FETCH) != 0) {
      int register = imm == Atomics.COMPARE_EXCHANGE ? 0 : code.src[i];
      if (register == 10) {
        throw misuse(Category.BAD_DST_REG, i, "r10 may not be written");
      }
      registers[register] = old;
    }
  }

  private static long exact(int i, Value pointer) throws FilterRejectedException {
    if (!pointer.isConstant()) {
      throw misuse(Category.BAD_ACCESS, i, "an access to the context at no fixed offset");
    }
    return pointer.min;
  }

  /** The lowest place that an access to the stack may touch, from the stack's end. */
  private static long stack(int i, Value pointer, int offset, int width) throws FilterRejectedException {
    if (pointer.kind != Value.Kind.STACK) {
      throw misuse(Category.BAD_ACCESS, i, "an address that is neither in the stack nor in the context");
    }
    long low = pointer.min + offset;
    long high = pointer.max + offset;
    if (pointer.min < -(1L << 40) || pointer.max > 1L << 40 || low < -Code.STACK || high + width > 0) {
      throw misuse(Category.BAD_ACCESS, i, "an access outside of the stack of " + Code.STACK + " octets");
    }
    // Where the offset is no constant, whether it is a multiple is not known here; runs do not depend on it.
    if (low == high && low % width != 0) {
      throw misuse(Category.BAD_ACCESS, i, "an access to the stack that is not aligned to its " + width + " octets");
    }
    return low;
  }

  private static long slotOf(long place) {
    return (place + Code.STACK) / 8;
  }

  private void alu(Code code, int i) throws FilterRejectedException {
    int opcode = code.opcode[i];
    int dst = code.dst[i];
    int operation = Code.operation(opcode);
    boolean wide = Code.kind(opcode) == Code.ALU64;
    if (operation == Code.MOV) {
      Value source = operand(code, i);
      boolean same = wide && code.offset[i] == 0;
      registers[dst] = same ? source : source.isPointer() ? wide ? Value.ANY : Value.WORD : moved(source, wide, code.offset[i]);
      return;
    }
    Value a = read(i, dst);
    if (operation == Code.END || operation == Code.NEG) {
      if (operation == Code.END && a.isNumber() && a.isConstant()) {
        int octets = code.imm[i] / 8;
        registers[dst] = Value.constant(wide || Code.isRegister(opcode) ? Arithmetic.swapped(a.min, octets) : Arithmetic.truncated(a.min, octets));
        return;
      }
      boolean number = a.isNumber() && operation == Code.NEG;
      registers[dst] = number ? Value.of(operation, wide, a, Value.constant(0)) : swapped(operation, wide, code.imm[i]);
      return;
    }
    Value b = operand(code, i);
    if (a.isPointer() || b.isPointer()) {
      registers[dst] = pointerSum(i, operation, wide, a, b);
    } else if (code.offset[i] != 0) {
      // Signed division.
      registers[dst] = wide ? Value.ANY : Value.WORD;
    } else {
      registers[dst] = Value.of(operation, wide, a, b);
    }
  }

  private static Value moved(Value source, boolean wide, int offset) {
    if (offset == 0) {
      return source.low();
    }
    if (source.isConstant()) {
      long value = Arithmetic.extended(source.min, offset / 8);
      return Value.constant(wide ? value : value & 0xffff_ffffL);
    }
    return wide ? Value.range(-1L << offset - 1, (1L << offset - 1) - 1) : Value.WORD;
  }

  private static Value swapped(int operation, boolean wide, int width) {
    return operation == Code.NEG ? wide ? Value.ANY : Value.WORD : Value.loaded(width / 8);
  }

  private static Value pointerSum(int i, int operation, boolean wide, Value a, Value b) throws FilterRejectedException {
    if (operation == Code.SUB && (!wide || a.isPointer() && b.isPointer())) {
      return wide ? Value.ANY : Value.WORD;
    }
    boolean sum = operation == Code.ADD && !(a.isPointer() && b.isPointer()) || operation == Code.SUB && a.isPointer();
    if (!wide || !sum) {
      throw misuse(Category.POINTER_MISUSE, i, "arithmetic on a pointer");
    }
    Value pointer = a.isPointer() ? a : b;
    Value distance = a.isPointer() ? b : a;
    Value result = Value.of(operation, true, Value.range(pointer.min, pointer.max), distance);
    long most = 1L << 29;
    if (distance.min <= -most || distance.max >= most || result.min <= -most || result.max >= most) {
      throw misuse(Category.POINTER_MISUSE, i, "a pointer is moved by a number without bounds");
    }
    if (pointer.kind == Value.Kind.CONTEXT && !distance.isConstant()) {
      throw misuse(Category.POINTER_MISUSE, i, "the context's address is moved by a number that is no constant");
    }
    return Value.pointer(pointer.kind, result.min, result.max);
  }

  private static FilterRejectedException misuse(Category category, int i, String message) {
    return new FilterRejectedException(category, i, message);
  }
}
