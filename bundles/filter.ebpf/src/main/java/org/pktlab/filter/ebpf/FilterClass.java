package org.pktlab.filter.ebpf;

import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodTooLargeException;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterFaultException;

/**
 * Writes the class of a program: one method, registers in its local variables, an instruction of the program as some of the JVM.
 *
 * <p>A program without loops cannot use up its budget, so nothing is counted. Otherwise instructions are counted in runs: each ends at a jump, before a target, or with
 * an instruction that has an effect or may fault; so a run that the budget does not cover would have done nothing that shows, and the result is the interpreter's to the
 * instruction.
 */
final class FilterClass {
  private static final String SUPER = Type.getInternalName(CompiledFilter.class);
  private static final String NAME = SUPER + "$Program";
  private static final String ARITHMETIC = Type.getInternalName(Arithmetic.class);
  private static final String PACKET = "Ljava/nio/ByteBuffer;";
  private static final String EXECUTE = "(" + PACKET + "IIJJ)J";

  private static final int LOCAL_PACKET = 1;
  private static final int LOCAL_OFFSET = 2;
  private static final int LOCAL_LENGTH = 3;
  private static final int LOCAL_R1 = 4;
  private static final int LOCAL_R2 = 6;
  private static final int LOCAL_REGISTERS = 8;
  private static final int LOCAL_BUDGET = 30;
  private static final int LOCAL_PLACE = 31;

  private final Code code;
  private final boolean linux;
  private final boolean counts;
  private final boolean[] isTarget;
  private final Label[] labels;
  private MethodVisitor m;
  private Operations operations;
  private Label limit;
  private Label outside;

  FilterClass(Code code, Dialect dialect) {
    this.code = code;
    linux = dialect == Dialect.LINUX;
    counts = code.hasLoop();
    isTarget = new boolean[code.size];
    labels = new Label[code.size];
    for (int i = 0; i < code.size; i = code.next(i)) {
      labels[i] = new Label();
      if (code.isJump(i)) {
        isTarget[code.target(i)] = true;
      }
    }
  }

  /** The octets of the class; null if its method is longer than the limit. */
  byte[] octets(int longest) {
    // Names of classes need not be looked up: where paths meet, only numbers and the arguments are on them.
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    writer.visit(Opcodes.V17, Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, NAME, null, SUPER, null);
    constructor(writer);
    String[] thrown = {Type.getInternalName(FilterFaultException.class)};
    m = writer.visitMethod(Opcodes.ACC_FINAL, "execute", EXECUTE, null, thrown);
    operations = new Operations(m);
    Label end = execute();
    try {
      byte[] octets = writer.toByteArray();
      return end.getOffset() > longest ? null : octets;
    } catch (MethodTooLargeException e) {
      return null;
    }
  }

  private static void constructor(ClassWriter writer) {
    String arguments = Type.getMethodDescriptor(Type.VOID_TYPE, Type.getType(Code.class), Type.getType(Dialect.class));
    MethodVisitor constructor = writer.visitMethod(0, "<init>", arguments, null, null);
    constructor.visitCode();
    constructor.visitVarInsn(Opcodes.ALOAD, 0);
    constructor.visitVarInsn(Opcodes.ALOAD, 1);
    constructor.visitVarInsn(Opcodes.ALOAD, 2);
    constructor.visitMethodInsn(Opcodes.INVOKESPECIAL, SUPER, "<init>", arguments, false);
    constructor.visitInsn(Opcodes.RETURN);
    constructor.visitMaxs(0, 0);
    constructor.visitEnd();
  }

  private Label execute() {
    m.visitCode();
    limit = new Label();
    outside = new Label();
    for (int r = 0; r <= 9; r++) {
      if (r == 1 || r == 2) {
        m.visitVarInsn(Opcodes.LLOAD, r == 1 ? LOCAL_R1 : LOCAL_R2);
      } else {
        m.visitInsn(Opcodes.LCONST_0);
      }
      set(r);
    }
    operations.push(Memory.STACK_END);
    set(10);
    if (counts) {
      operations.push(Filter.INSTRUCTION_BUDGET);
      m.visitVarInsn(Opcodes.ISTORE, LOCAL_BUDGET);
    }
    boolean counted = false;
    for (int i = 0; i < code.size; i = code.next(i)) {
      m.visitLabel(labels[i]);
      if (counts && (!counted || isTarget[i])) {
        charge(i);
      }
      counted = !endsRun(i);
      instruction(i);
    }
    m.visitJumpInsn(Opcodes.GOTO, limit);
    m.visitLabel(outside);
    m.visitInsn(Opcodes.LCONST_0);
    m.visitInsn(Opcodes.LRETURN);
    m.visitLabel(limit);
    call(SUPER, "limit", "()" + Type.getDescriptor(FilterFaultException.class));
    m.visitInsn(Opcodes.ATHROW);
    Label end = new Label();
    m.visitLabel(end);
    m.visitMaxs(0, 0);
    m.visitEnd();
    return end;
  }

  /** Whether what follows is counted apart: this instruction may go elsewhere, fault, or be seen from outside. */
  private boolean endsRun(int i) {
    int kind = Code.kind(code.opcode[i]);
    int operation = Code.operation(code.opcode[i]);
    switch (kind) {
      case Code.LD:
        return code.opcode[i] != Code.LDDW;
      case Code.ALU32:
      case Code.ALU64:
        return !linux && (operation == Code.DIV || operation == Code.MOD);
      default:
        return true;
    }
  }

  /** Takes the instructions up to the end of the run that begins here from the budget. */
  private void charge(int i) {
    int count = 0;
    int at = i;
    // The exit itself is not counted.
    while (at < code.size && !code.isExit(at) && (at == i || !isTarget[at])) {
      count++;
      if (endsRun(at)) {
        break;
      }
      at = code.next(at);
    }
    if (count == 0) {
      return;
    }
    m.visitIincInsn(LOCAL_BUDGET, -count);
    m.visitVarInsn(Opcodes.ILOAD, LOCAL_BUDGET);
    m.visitJumpInsn(Opcodes.IFLT, limit);
  }

  private void instruction(int i) {
    int opcode = code.opcode[i];
    switch (Code.kind(opcode)) {
      case Code.LD:
        if (opcode == Code.LDDW) {
          operations.push(code.wide(i));
          set(code.dst[i]);
        } else if (linux) {
          linuxLoad(i);
        } else {
          referenceLoad(i);
        }
        break;
      case Code.LDX:
        m.visitVarInsn(Opcodes.ALOAD, 0);
        address(code.src[i], i);
        operations.push(Code.width(opcode));
        m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, SUPER, "load", "(JI)J", false);
        if (Code.mode(opcode) == Code.MEMSX) {
          operations.extend(Code.width(opcode));
        }
        set(code.dst[i]);
        break;
      case Code.ST:
      case Code.STX:
        store(i);
        break;
      case Code.JMP:
      case Code.JMP32:
        jump(i);
        break;
      default:
        alu(i);
    }
  }

  private void get(int register) {
    m.visitVarInsn(Opcodes.LLOAD, LOCAL_REGISTERS + 2 * register);
  }

  private void set(int register) {
    m.visitVarInsn(Opcodes.LSTORE, LOCAL_REGISTERS + 2 * register);
  }

  private void call(String owner, String name, String descriptor) {
    m.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name, descriptor, false);
  }

  private void address(int register, int i) {
    get(register);
    if (code.offset[i] != 0) {
      operations.push((long) code.offset[i]);
      m.visitInsn(Opcodes.LADD);
    }
  }

  private void linuxLoad(int i) {
    int width = Code.width(code.opcode[i]);
    int imm = code.imm[i];
    boolean indirect = Code.mode(code.opcode[i]) == Code.IND;
    m.visitVarInsn(Opcodes.ALOAD, LOCAL_PACKET);
    m.visitVarInsn(Opcodes.ILOAD, LOCAL_OFFSET);
    if (!indirect && imm >= 0 && imm <= Integer.MAX_VALUE - width) {
      m.visitVarInsn(Opcodes.ILOAD, LOCAL_LENGTH);
      operations.push(imm + width);
      Label inside = new Label();
      m.visitJumpInsn(Opcodes.IF_ICMPGE, inside);
      m.visitInsn(Opcodes.POP2);
      m.visitJumpInsn(Opcodes.GOTO, outside);
      m.visitLabel(inside);
      operations.push(imm);
    } else {
      operations.push(imm);
      if (indirect) {
        get(code.src[i]);
        m.visitInsn(Opcodes.L2I);
        m.visitInsn(Opcodes.IADD);
      }
      operations.push(width);
      m.visitVarInsn(Opcodes.ILOAD, LOCAL_LENGTH);
      call(SUPER, "place", "(III)I");
      m.visitInsn(Opcodes.DUP);
      m.visitVarInsn(Opcodes.ISTORE, LOCAL_PLACE);
      Label inside = new Label();
      m.visitJumpInsn(Opcodes.IFGE, inside);
      m.visitInsn(Opcodes.POP2);
      m.visitJumpInsn(Opcodes.GOTO, outside);
      m.visitLabel(inside);
      m.visitVarInsn(Opcodes.ILOAD, LOCAL_PLACE);
    }
    m.visitInsn(Opcodes.IADD);
    operations.push(width);
    call(SUPER, "network", "(" + PACKET + "II)J");
    set(0);
  }

  private void referenceLoad(int i) {
    m.visitVarInsn(Opcodes.ALOAD, LOCAL_PACKET);
    m.visitVarInsn(Opcodes.ILOAD, LOCAL_OFFSET);
    m.visitVarInsn(Opcodes.ILOAD, LOCAL_LENGTH);
    operations.push((long) code.imm[i]);
    if (Code.mode(code.opcode[i]) == Code.IND) {
      get(code.src[i]);
      m.visitInsn(Opcodes.LADD);
    }
    operations.push(Code.width(code.opcode[i]));
    call(SUPER, "reference", "(" + PACKET + "IIJI)J");
    set(0);
  }

  private void store(int i) {
    int opcode = code.opcode[i];
    int width = Code.width(opcode);
    m.visitVarInsn(Opcodes.ALOAD, 0);
    if (Code.kind(opcode) == Code.STX && Code.mode(opcode) == Code.ATOMIC) {
      int operation = code.imm[i];
      address(operation == Atomics.LOAD_ACQUIRE ? code.src[i] : code.dst[i], i);
      get(code.src[i]);
      get(0);
      operations.push(operation);
      operations.push(width);
      m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, SUPER, "atomic", "(JJJII)J", false);
      int result = Atomics.result(operation, code.dst[i], code.src[i]);
      if (result >= 0) {
        set(result);
      } else {
        m.visitInsn(Opcodes.POP2);
      }
      return;
    }
    address(code.dst[i], i);
    if (Code.kind(opcode) == Code.ST) {
      operations.push((long) code.imm[i]);
    } else {
      get(code.src[i]);
    }
    operations.push(width);
    m.visitMethodInsn(Opcodes.INVOKEVIRTUAL, SUPER, "store", "(JJI)V", false);
  }

  private void jump(int i) {
    if (code.isExit(i)) {
      get(0);
      m.visitInsn(Opcodes.LRETURN);
      return;
    }
    Label target = labels[code.target(i)];
    if (code.isAlways(i)) {
      m.visitJumpInsn(Opcodes.GOTO, target);
      return;
    }
    int operation = Code.operation(code.opcode[i]);
    boolean wide = Code.kind(code.opcode[i]) == Code.JMP;
    get(code.dst[i]);
    if (!wide) {
      operations.extend(4);
    }
    if (Code.isRegister(code.opcode[i])) {
      get(code.src[i]);
      if (!wide) {
        operations.extend(4);
      }
    } else {
      operations.push(wide ? InterpretedFilter.comparand(code, i, linux) : (long) code.imm[i]);
    }
    operations.jumpIf(operation, target);
  }

  private void alu(int i) {
    int opcode = code.opcode[i];
    int operation = Code.operation(opcode);
    boolean wide = Code.kind(opcode) == Code.ALU64;
    int offset = linux ? code.offset[i] : 0;
    if (operation != Code.MOV) {
      get(code.dst[i]);
    }
    if (operation == Code.END) {
      boolean swaps = wide || Code.isRegister(opcode);
      operations.turn(swaps, code.imm[i] / 8);
      set(code.dst[i]);
      return;
    }
    if (operation == Code.NEG) {
      m.visitInsn(Opcodes.LNEG);
    } else {
      if (Code.isRegister(opcode)) {
        get(code.src[i]);
      } else {
        operations.push((long) code.imm[i]);
      }
      if (operation == Code.DIV || operation == Code.MOD) {
        divide(i, operation == Code.DIV, wide, offset != 0);
        return;
      }
      if (operation == Code.MOV) {
        if (offset != 0) {
          operations.extend(offset / 8);
        }
      } else {
        operations.binary(operation, wide, linux);
      }
    }
    if (!wide) {
      operations.mask();
    }
    set(code.dst[i]);
  }

  private void divide(int i, boolean quotient, boolean wide, boolean signed) {
    if (!linux && Code.isRegister(code.opcode[i])) {
      get(code.src[i]);
      call(SUPER, "checkDivisor", "(J)V");
    }
    String name = quotient ? "divide" : "remainder";
    name = signed ? "signed" + Character.toUpperCase(name.charAt(0)) + name.substring(1) : name;
    call(ARITHMETIC, name + (wide ? "64" : "32"), "(JJ)J");
    set(code.dst[i]);
  }
}
