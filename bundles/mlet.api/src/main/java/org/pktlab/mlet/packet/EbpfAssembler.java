package org.pktlab.mlet.packet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;

/**
 * Writes an eBPF program for a capture, in the dialect of Linux socket filters (programs specification, sections 3.3 and 3.5). Loads are
 * big-endian, from the first octet of the network-layer header; one beyond the packet ends the program with 0. They put their value into
 * register 0 and clobber 1 to 5; 6 holds the context; 7 to 9 are free to use.
 *
 * <p>Jumps go forward to a label. Every label that is jumped to must be placed, and no instruction may be out of reach.
 */
public final class EbpfAssembler {
  private static final int CONTEXT = 6;

  private record Jump(int index, String label) {}

  private final List<EbpfInstruction> instructions = new ArrayList<>();
  private final List<Jump> jumps = new ArrayList<>();
  private final Map<String, Integer> labels = new HashMap<>();

  /** A program that begins by keeping the context where loads want it. */
  public EbpfAssembler() {
    add(0xbf, CONTEXT, 1, 0);
  }

  private EbpfAssembler add(int opcode, int dst, int src, int imm) {
    instructions.add(new EbpfInstruction(opcode, dst, src, (short) 0, imm));
    return this;
  }

  /** Loads an octet. */
  public EbpfAssembler octet(int at) {
    return add(0x30, 0, 0, at);
  }

  /** Loads 16 bits. */
  public EbpfAssembler half(int at) {
    return add(0x28, 0, 0, at);
  }

  /** Loads an octet at a register's value plus a number. */
  public EbpfAssembler octet(int register, int at) {
    return add(0x50, 0, register, at);
  }

  /** Loads 16 bits at a register's value plus a number. */
  public EbpfAssembler half(int register, int at) {
    return add(0x48, 0, register, at);
  }

  /** Copies register 0. */
  public EbpfAssembler keep(int register) {
    return add(0xbf, register, 0, 0);
  }

  /** Adds a register to register 0. */
  public EbpfAssembler plus(int register) {
    return add(0x0f, 0, register, 0);
  }

  /** Masks register 0. */
  public EbpfAssembler and(int mask) {
    return add(0x57, 0, 0, mask);
  }

  /** Shifts register 0 to the left. */
  public EbpfAssembler shiftLeft(int bits) {
    return add(0x67, 0, 0, bits);
  }

  /** Goes on elsewhere when register 0 is this number, which is not negative. */
  public EbpfAssembler ifEqual(int number, String label) {
    return jump(0x15, number, label);
  }

  /** Goes on elsewhere unless register 0 is this number. */
  public EbpfAssembler unlessEqual(int number, String label) {
    return jump(0x55, number, label);
  }

  /** Goes on elsewhere unless register 0 lies between these numbers, both included. */
  public EbpfAssembler unlessBetween(int least, int most, String label) {
    if (least == most) {
      return unlessEqual(least, label);
    }
    return jump(0xa5, least, label).jump(0x25, most, label);
  }

  /** Goes on elsewhere. */
  public EbpfAssembler go(String label) {
    return jump(0x05, 0, label);
  }

  private EbpfAssembler jump(int opcode, int number, String label) {
    jumps.add(new Jump(instructions.size(), label));
    return add(opcode, 0, 0, number);
  }

  /** Gives the next instruction a name. */
  public EbpfAssembler label(String name) {
    if (labels.put(name, instructions.size()) != null) {
      throw new IllegalArgumentException("label '" + name + "' is placed twice");
    }
    return this;
  }

  /** Ends with a result: how many octets of the packet to keep, 0 for none. */
  public EbpfAssembler result(int octets) {
    return add(0xb7, 0, 0, octets).add(0x95, 0, 0, 0);
  }

  /**
   * The program.
   *
   * @throws IllegalArgumentException when a jump has nowhere to go, or goes backwards or too far
   */
  public EbpfProgram build() {
    List<EbpfInstruction> out = new ArrayList<>(instructions);
    for (Jump jump : jumps) {
      Integer target = labels.get(jump.label());
      if (target == null || target <= jump.index() || target - jump.index() > Short.MAX_VALUE) {
        throw new IllegalArgumentException("no way to label '" + jump.label() + "'");
      }
      EbpfInstruction open = out.get(jump.index());
      short distance = (short) (target - jump.index() - 1);
      out.set(jump.index(), new EbpfInstruction(open.opcode(), open.dst(), open.src(), distance, open.imm()));
    }
    return EbpfProgram.of(out);
  }
}
