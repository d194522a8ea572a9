package org.pktlab.program;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** An eBPF program, type 0: n instructions of 8 octets each. Only its encoding is known to be right, not that it can run. */
public final class EbpfProgram implements Program {
  /** The type octet. */
  public static final int TYPE = 0;

  /** Most instructions a program can carry on the wire; engines allow fewer. */
  public static final int MAX_INSTRUCTIONS = (MAX_ENCODED_OCTETS - 1) / EbpfInstruction.OCTETS;

  private final byte[] encoded;

  /** Takes over octets that the caller has checked: type 0, then a multiple of 8. */
  EbpfProgram(byte[] encoded) {
    this.encoded = encoded;
  }

  /**
   * A program of these instructions.
   *
   * @throws IllegalArgumentException when there are more than {@link #MAX_INSTRUCTIONS}
   */
  public static EbpfProgram of(List<EbpfInstruction> instructions) {
    if (instructions.size() > MAX_INSTRUCTIONS) {
      throw new IllegalArgumentException("more than " + MAX_INSTRUCTIONS + " instructions");
    }
    ByteBuffer out = ByteBuffer.allocate(1 + instructions.size() * EbpfInstruction.OCTETS);
    out.put((byte) TYPE);
    for (EbpfInstruction instruction : instructions) {
      out.put((byte) instruction.opcode());
      out.put((byte) (instruction.dst() << 4 | instruction.src()));
      out.putShort(instruction.offset());
      out.putInt(instruction.imm());
    }
    return new EbpfProgram(out.array());
  }

  /**
   * Reads the text form (packetlab-programs.md section 2.3): one instruction per line, five numbers {@code opcode dst src offset imm} in C
   * notation. A text without instructions gives a program of size 0, which {@link Program#decode} would refuse.
   *
   * @throws ProgramException with the 1-based line of the first error
   */
  public static EbpfProgram parseText(byte[] text) throws ProgramException {
    return of(EbpfText.parse(text));
  }

  /** Number of instructions. */
  public int size() {
    return (encoded.length - 1) / EbpfInstruction.OCTETS;
  }

  /**
   * @param index 0 to size - 1
   * @throws IndexOutOfBoundsException when it is not
   */
  public EbpfInstruction instruction(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index);
    }
    ByteBuffer in = ByteBuffer.wrap(encoded);
    int at = 1 + index * EbpfInstruction.OCTETS;
    int registers = in.get(at + 1) & 0xff;
    return new EbpfInstruction(in.get(at) & 0xff, registers >> 4, registers & 0x0f, in.getShort(at + 2), in.getInt(at + 4));
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public byte[] body() {
    return Arrays.copyOfRange(encoded, 1, encoded.length);
  }

  @Override
  public byte[] encode() {
    return encoded.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EbpfProgram that && Arrays.equals(that.encoded, encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "eBPF program of " + size() + " instructions, digest " + digestHex();
  }
}
