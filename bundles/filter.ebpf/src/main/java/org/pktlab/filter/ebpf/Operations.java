package org.pktlab.filter.ebpf;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Writes operations on what is on the JVM's stack: 64-bit numbers. */
final class Operations {
  private final MethodVisitor m;

  Operations(MethodVisitor m) {
    this.m = m;
  }

  void push(int value) {
    if (value >= -1 && value <= 5) {
      m.visitInsn(Opcodes.ICONST_0 + value);
    } else if (value == (byte) value) {
      m.visitIntInsn(Opcodes.BIPUSH, value);
    } else if (value == (short) value) {
      m.visitIntInsn(Opcodes.SIPUSH, value);
    } else {
      m.visitLdcInsn(value);
    }
  }

  void push(long value) {
    if (value == 0 || value == 1) {
      m.visitInsn(value == 0 ? Opcodes.LCONST_0 : Opcodes.LCONST_1);
    } else if (value == (short) value) {
      push((int) value);
      m.visitInsn(Opcodes.I2L);
    } else {
      m.visitLdcInsn(value);
    }
  }

  /** Keeps the low half. */
  void mask() {
    push(0xffff_ffffL);
    m.visitInsn(Opcodes.LAND);
  }

  /** Sign-extends the low octets. */
  void extend(int octets) {
    switch (octets) {
      case 1:
        m.visitInsn(Opcodes.L2I);
        m.visitInsn(Opcodes.I2B);
        m.visitInsn(Opcodes.I2L);
        break;
      case 2:
        m.visitInsn(Opcodes.L2I);
        m.visitInsn(Opcodes.I2S);
        m.visitInsn(Opcodes.I2L);
        break;
      case 4:
        m.visitInsn(Opcodes.L2I);
        m.visitInsn(Opcodes.I2L);
        break;
      default:
        break;
    }
  }

  /** Keeps the low octets, turned around or not. */
  void turn(boolean swaps, int octets) {
    if (swaps) {
      m.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Long", "reverseBytes", "(J)J", false);
      if (octets < 8) {
        push(64 - 8 * octets);
        m.visitInsn(Opcodes.LUSHR);
      }
    } else if (octets < 8) {
      push((1L << 8 * octets) - 1);
      m.visitInsn(Opcodes.LAND);
    }
  }

  /** An operation on two numbers, except division; what it leaves above the low half is not masked. */
  void binary(int operation, boolean wide, boolean linux) {
    switch (operation) {
      case Code.ADD:
        m.visitInsn(Opcodes.LADD);
        break;
      case Code.SUB:
        m.visitInsn(Opcodes.LSUB);
        break;
      case Code.MUL:
        m.visitInsn(Opcodes.LMUL);
        break;
      case Code.OR:
        m.visitInsn(Opcodes.LOR);
        break;
      case Code.AND:
        m.visitInsn(Opcodes.LAND);
        break;
      case Code.XOR:
        m.visitInsn(Opcodes.LXOR);
        break;
      default:
        shift(operation, wide, linux);
    }
  }

  private void shift(int operation, boolean wide, boolean linux) {
    m.visitInsn(Opcodes.L2I);
    // The 32-bit left shift of the C package is one of 64 bits, cut off afterwards.
    if (wide || operation == Code.LSH && !linux) {
      m.visitInsn(operation == Code.LSH ? Opcodes.LSHL : operation == Code.RSH ? Opcodes.LUSHR : Opcodes.LSHR);
      return;
    }
    push(31);
    m.visitInsn(Opcodes.IAND);
    m.visitInsn(Opcodes.DUP_X2);
    m.visitInsn(Opcodes.POP);
    if (operation == Code.ARSH) {
      extend(4);
    } else {
      mask();
    }
    m.visitInsn(Opcodes.DUP2_X1);
    m.visitInsn(Opcodes.POP2);
    m.visitInsn(operation == Code.LSH ? Opcodes.LSHL : operation == Code.RSH ? Opcodes.LUSHR : Opcodes.LSHR);
  }

  /** Jumps if two numbers are as the condition says. */
  void jumpIf(int operation, Label target) {
    switch (operation) {
      case Code.JSET:
        m.visitInsn(Opcodes.LAND);
        m.visitInsn(Opcodes.LCONST_0);
        m.visitInsn(Opcodes.LCMP);
        m.visitJumpInsn(Opcodes.IFNE, target);
        return;
      case Code.JGT:
      case Code.JGE:
      case Code.JLT:
      case Code.JLE:
        m.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Long", "compareUnsigned", "(JJ)I", false);
        break;
      default:
        m.visitInsn(Opcodes.LCMP);
    }
    m.visitJumpInsn(branch(operation), target);
  }

  private static int branch(int operation) {
    switch (operation) {
      case Code.JEQ:
        return Opcodes.IFEQ;
      case Code.JNE:
        return Opcodes.IFNE;
      case Code.JGT:
      case Code.JSGT:
        return Opcodes.IFGT;
      case Code.JGE:
      case Code.JSGE:
        return Opcodes.IFGE;
      case Code.JLT:
      case Code.JSLT:
        return Opcodes.IFLT;
      default:
        return Opcodes.IFLE;
    }
  }
}
