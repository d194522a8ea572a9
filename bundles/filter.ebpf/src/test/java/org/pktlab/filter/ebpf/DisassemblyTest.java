package org.pktlab.filter.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.ProgramException;

class DisassemblyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0xbf 6 1 0 0 | r6 = r1",
        "0xbc 6 1 0 0 | w6 = w1",
        "0xbf 0 3 8 0 | r0 = (s8)r3",
        "0x30 0 0 0 23 | r0 = *(u8 *)skb[23]",
        "0x48 0 7 0 14 | r0 = *(u16 *)skb[r7+14]",
        "0x55 0 0 5 0x11 | if r0 != 0x11 goto +5",
        "0x16 0 0 1 1 | if w0 == 1 goto +1",
        "0x6d 1 2 0xfffe 0 | if r1 s> r2 goto -2",
        "0x45 1 0 0 0xff | if r1 & 0xff goto +0",
        "0x05 0 0 0xfff8 0 | goto -8",
        "0x07 2 0 0 0xfffffff0 | r2 += -0x10",
        "0x34 2 0 0 3 | w2 /= 3",
        "0x3f 2 3 1 0 | r2 s/= r3",
        "0xc7 2 0 0 3 | r2 s>>= 3",
        "0x87 2 0 0 0 | r2 = -r2",
        "0xdc 0 0 0 16 | r0 = be16 r0",
        "0xd7 0 0 0 32 | r0 = bswap32 r0",
        "0x79 0 10 0xfff8 0 | r0 = *(u64 *)(r10 - 8)",
        "0x91 0 10 0xffff 0 | r0 = *(s8 *)(r10 - 1)",
        "0x62 10 0 0xfffc 7 | *(u32 *)(r10 - 4) = 7",
        "0x73 1 2 48 0 | *(u8 *)(r1 + 48) = r2",
        "0xdb 10 0 0xfff8 0 | lock *(u64 *)(r10 - 8) += r0",
        "0xdb 10 3 0xfff8 0xe1 | r3 = xchg((u64 *)(r10 - 8), r3)",
        "0x95 0 0 0 0 | exit",
        "0x85 0 0 0 7 | call 7",
        "0xff 1 2 3 4 | unknown: opcode 0xff dst 1 src 2 offset 3 imm 0x4"
      })
  void shouldShowAnInstruction(String text, String expected) throws ProgramException {
    assertEquals(List.of(expected), Disassembly.of(EbpfProgram.parseText(text.getBytes(StandardCharsets.US_ASCII))));
  }

  @Test
  void shouldShowA64BitImmediateOnce() throws ProgramException {
    EbpfProgram program = EbpfProgram.parseText("0x18 3 0 0 0x55667788\n0 0 0 0 0x11223344\n".getBytes(StandardCharsets.US_ASCII));
    assertEquals(List.of("r3 = 0x1122334455667788 ll", ""), Disassembly.of(program));
  }

  @Test
  void shouldShowWhateverAProgramHolds() throws IOException, ProgramException {
    for (JsonNode vector : VectorsTest.cases("ebpf.json")) {
      EbpfProgram program = VectorsTest.program(vector);
      assertEquals(program.size(), Disassembly.of(program).size());
    }
    for (int opcode = 0; opcode < 256; opcode++) {
      String line = Disassembly.of(EbpfProgram.of(List.of(new EbpfInstruction(opcode, 15, 15, (short) -1, -1)))).get(0);
      assertFalse(line.isBlank() || line.contains("null"), line);
    }
  }
}
