package org.pktlab.filter.pcap4j;

/**
 * One instruction of classic BPF, as libpcap writes it.
 *
 * @param code class, size, mode and operation; 0 to 65535
 * @param jt instructions to skip when the condition holds; 0 to 255
 * @param jf instructions to skip when it does not; 0 to 255
 * @param k the operand, 32 bits
 */
record ClassicInstruction(int code, int jt, int jf, int k) {
  static final int LD = 0x00;
  static final int LDX = 0x01;
  static final int ST = 0x02;
  static final int STX = 0x03;
  static final int ALU = 0x04;
  static final int JMP = 0x05;
  static final int RET = 0x06;
  static final int MISC = 0x07;

  static final int IMM = 0x00;
  static final int ABS = 0x20;
  static final int IND = 0x40;
  static final int MEM = 0x60;
  static final int LEN = 0x80;
  static final int MSH = 0xa0;

  /** In ALU and jump instructions: the operand is the register X. */
  static final int OPERAND_X = 0x08;

  /** In returns: the result is the register A. */
  static final int RESULT_A = 0x10;

  /** In the last class: A becomes X; without it, X becomes A. */
  static final int TXA = 0x80;

  ClassicInstruction {
    if (code < 0 || code > 0xffff || jt < 0 || jt > 255 || jf < 0 || jf > 255) {
      throw new IllegalArgumentException("out of range: code " + code + ", jt " + jt + ", jf " + jf);
    }
  }

  int kind() {
    return code & 0x07;
  }

  /** Mode of loads. */
  int mode() {
    return code & 0xe0;
  }

  /** Operation of ALU and jump instructions; the numbers are those of eBPF. */
  int operation() {
    return code & 0xf0;
  }

  boolean usesX() {
    return (code & OPERAND_X) != 0;
  }
}
