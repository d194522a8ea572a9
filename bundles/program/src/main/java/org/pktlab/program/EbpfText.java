package org.pktlab.program;

import java.util.ArrayList;
import java.util.List;

/**
 * The text form of eBPF. Numbers are read one after the other as C's strtoull does: white space, an optional sign, then decimal, {@code 0x}
 * or octal digits up to the first character that is none; a minus sign negates modulo 2^64.
 */
final class EbpfText {
  private static final String[] FIELDS = {"opcode", "dst", "src", "offset", "imm"};
  private static final long[] LARGEST = {0xff, 0x0f, 0x0f, 0xffff, 0xffff_ffffL};

  private final byte[] text;
  private int at;
  private int end;
  private int line;

  private EbpfText(byte[] text) {
    this.text = text;
  }

  static List<EbpfInstruction> parse(byte[] text) throws ProgramException {
    return new EbpfText(text).lines();
  }

  private List<EbpfInstruction> lines() throws ProgramException {
    List<EbpfInstruction> instructions = new ArrayList<>();
    int start = 0;
    while (start < text.length) {
      end = start;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      at = start;
      line++;
      if (at < end && text[at] != '#' && text[at] != '\r') {
        if (instructions.size() == EbpfProgram.MAX_INSTRUCTIONS) {
          throw new ProgramException(line, "more than " + EbpfProgram.MAX_INSTRUCTIONS + " instructions");
        }
        instructions.add(instruction());
      }
      start = end + 1;
    }
    return instructions;
  }

  private EbpfInstruction instruction() throws ProgramException {
    long[] values = new long[FIELDS.length];
    for (int field = 0; field < FIELDS.length; field++) {
      values[field] = number(FIELDS[field]);
      if (Long.compareUnsigned(values[field], LARGEST[field]) > 0) {
        throw new ProgramException(line, FIELDS[field] + " is out of range 0 to " + LARGEST[field]);
      }
    }
    return new EbpfInstruction((int) values[0], (int) values[1], (int) values[2], (short) values[3], (int) values[4]);
  }

  private long number(String field) throws ProgramException {
    while (at < end && (text[at] == ' ' || text[at] >= '\t' && text[at] <= '\r')) {
      at++;
    }
    boolean negative = at < end && text[at] == '-';
    if (negative || at < end && text[at] == '+') {
      at++;
    }
    int radix = 10;
    if (at < end && text[at] == '0') {
      radix = 8;
      // "0x" without a hex digit behind it is the number 0, followed by an x.
      if (at + 2 < end && (text[at + 1] | 0x20) == 'x' && Character.digit(text[at + 2], 16) >= 0) {
        radix = 16;
        at += 2;
      }
    }
    int first = at;
    long value = 0;
    while (at < end) {
      int digit = Character.digit(text[at], radix);
      if (digit < 0) {
        break;
      }
      if (Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, radix)) > 0) {
        throw new ProgramException(line, field + " does not fit 64 bits");
      }
      value = value * radix + digit;
      at++;
    }
    if (at == first) {
      throw new ProgramException(line, field + (at < end ? " is not a number" : " is missing"));
    }
    return negative ? -value : value;
  }
}
