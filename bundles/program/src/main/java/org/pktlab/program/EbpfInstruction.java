package org.pktlab.program;

/**
 * One eBPF instruction as it is written, whether or not a machine knows it (packetlab-programs.md section 2.1).
 *
 * <p>On the wire 8 octets: opcode; destination in the high and source in the low nibble; offset, 16 bits; immediate, 32 bits; both big
 * endian. Nibble order and byte order differ from the binary form of Linux.
 *
 * @param opcode 0 to 255
 * @param dst destination register, 0 to 15
 * @param src source register, 0 to 15
 * @param offset signed
 * @param imm signed
 */
public record EbpfInstruction(int opcode, int dst, int src, short offset, int imm) {
  /** Length on the wire. */
  public static final int OCTETS = 8;

  public EbpfInstruction {
    if (opcode < 0 || opcode > 255 || dst < 0 || dst > 15 || src < 0 || src > 15) {
      throw new IllegalArgumentException("out of range: opcode " + opcode + ", dst " + dst + ", src " + src);
    }
  }
}
