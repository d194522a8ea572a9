package org.pktlab.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramTest {
  private static final String EXIT = "0x95 0 0 0 0\n";

  @ParameterizedTest
  @CsvSource({
    "'',empty program",
    "00,eBPF program without instructions",
    "0095000000000000,eBPF body of 7 octets is not a multiple of 8",
    "00950000000000000000,eBPF body of 9 octets is not a multiple of 8",
    "02,unknown program type 2",
    "ff00000000,unknown program type 255"
  })
  void shouldRefuseWhatIsNoProgram(String hex, String message) {
    byte[] encoded = HexFormat.of().parseHex(hex);
    ProgramException e = assertThrows(ProgramException.class, () -> Program.decode(encoded));
    assertEquals(message, e.getMessage());
    assertEquals(0, e.line());
  }

  @Test
  void shouldPutTheDestinationInTheHighNibble() throws ProgramException {
    EbpfProgram program = EbpfProgram.parseText("0xbf 6 1 0xfff8 0x80000001".getBytes(StandardCharsets.US_ASCII));
    assertEquals("00bf61fff880000001", HexFormat.of().formatHex(program.encode()));
    assertEquals("bf61fff880000001", HexFormat.of().formatHex(program.body()));
    assertEquals(new EbpfInstruction(0xbf, 6, 1, (short) -8, Integer.MIN_VALUE + 1), program.instruction(0));
    assertEquals(1, program.size());
    assertEquals(0, program.type());
    assertThrows(IndexOutOfBoundsException.class, () -> program.instruction(1));
    assertThrows(IllegalArgumentException.class, () -> new EbpfInstruction(256, 0, 0, (short) 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new EbpfInstruction(0, 16, 0, (short) 0, 0));
  }

  @Test
  void shouldDigestTypeAndBody() throws ProgramException {
    byte[] encoded = HexFormat.of().parseHex("00b7000000000000059500000000000000");
    Program program = Program.decode(encoded);
    assertEquals("74737843fb267822e0c063515703cca34523304e3f89f74717415d88120649a3", program.digestHex());
    assertTrue(Program.hasDigest(encoded, program.digest()));
    assertFalse(Program.hasDigest(program.body(), program.digest()));
    assertEquals(Program.DIGEST_OCTETS, program.digest().length);
  }

  @Test
  void shouldTakeModulesVerbatim() throws ProgramException {
    byte[] module = HexFormat.of().parseHex("0061736d01000000");
    Program program = WasmProgram.of(module);
    assertEquals("010061736d01000000", HexFormat.of().formatHex(program.encode()));
    assertArrayEquals(module, program.body());
    assertEquals(1, program.type());
    assertEquals(program, Program.decode(program.encode()));
    assertEquals(program.hashCode(), Program.decode(program.encode()).hashCode());
    assertInstanceOf(WasmProgram.class, Program.decode(new byte[] {1}));
    assertTrue(program.toString().startsWith("WebAssembly module of 8 octets, digest "));
  }

  @Test
  void shouldNotLetOthersChangeAProgram() throws ProgramException {
    byte[] encoded = HexFormat.of().parseHex("009500000000000000");
    Program program = Program.decode(encoded);
    encoded[1] = 0;
    program.encode()[1] = 0;
    program.body()[0] = 0;
    assertEquals("009500000000000000", HexFormat.of().formatHex(program.encode()));
  }

  @Test
  void shouldRefuseWhatNoFrameCanCarry() {
    byte[] tooLong = new byte[Program.MAX_ENCODED_OCTETS + 1];
    assertThrows(ProgramException.class, () -> Program.decode(tooLong));
    assertThrows(ProgramException.class, () -> WasmProgram.of(new byte[Program.MAX_ENCODED_OCTETS]));
  }

  @Test
  void shouldGoOnAfterANumberThatOverflowed() throws ProgramException {
    byte[] huge = "0x95 0 0 0 99999999999999999999999\n".getBytes(StandardCharsets.US_ASCII);
    assertEquals("line 1: imm does not fit 64 bits", assertThrows(ProgramException.class, () -> EbpfProgram.parseText(huge)).getMessage());
    assertEquals(1, EbpfProgram.parseText(EXIT.getBytes(StandardCharsets.US_ASCII)).size());
  }

  @ParameterizedTest
  @CsvSource({
    "18446744073709551615,imm is out of range 0 to 4294967295",
    "18446744073709551616,imm does not fit 64 bits",
    "0x10000000000000000,imm does not fit 64 bits",
    "02000000000000000000000,imm does not fit 64 bits",
    "-18446744073709551616,imm does not fit 64 bits",
    "-,imm is missing",
    "x,imm is not a number"
  })
  void shouldSayWhatIsWrongWithANumber(String number, String reason) {
    byte[] text = ("0x95 0 0 0 " + number).getBytes(StandardCharsets.US_ASCII);
    assertEquals("line 1: " + reason, assertThrows(ProgramException.class, () -> EbpfProgram.parseText(text)).getMessage());
  }

  @Test
  void shouldReadAHexPrefixWithoutDigitsAsZero() throws ProgramException {
    assertEquals(0, EbpfProgram.parseText("0x95 0 0 0 0xg".getBytes(StandardCharsets.US_ASCII)).instruction(0).imm());
  }

  @ParameterizedTest
  @CsvSource({
    "a.ebpf,EBPF_TEXT", "a,EBPF_TEXT", "dir.x/a,EBPF_TEXT", "a.wasm,WASM", "x/a.b.wasm,WASM", ".a,HIDDEN", "dir/.wasm,HIDDEN",
    "a.txt,UNKNOWN", "a.EBPF,UNKNOWN", "a.,UNKNOWN", "a.ebpf~,UNKNOWN", "'',EBPF_TEXT"
  })
  void shouldTellTheKindOfAFileByItsName(String name, ProgramFile kind) {
    assertEquals(kind, ProgramFile.of(name));
  }

  @Test
  void shouldReadFilesByTheRulesOfTheirNames() throws ProgramException {
    byte[] text = EXIT.getBytes(StandardCharsets.US_ASCII);
    assertInstanceOf(EbpfProgram.class, Program.parseFile("filter.ebpf", text));
    assertEquals(Program.parseFile("filter.ebpf", text), Program.parseFile("filter", text));
    assertNotEquals(Program.parseFile("filter.ebpf", text), Program.parseFile("filter.wasm", text));
    assertArrayEquals(text, Program.parseFile("filter.wasm", text).body());
    assertThrows(ProgramException.class, () -> Program.parseFile(".filter", text));
    assertThrows(ProgramException.class, () -> Program.parseFile("filter.c", text));
    assertThrows(ProgramException.class, () -> Program.parseFile("filter", "# nothing\n".getBytes(StandardCharsets.US_ASCII)));
  }

  @Property(tries = 1_000)
  void shouldGiveAProgramOrTheCheckedExceptionForAnyOctets(@ForAll @Size(max = 40) byte[] octets) {
    try {
      assertArrayEquals(octets, Program.decode(octets).encode());
    } catch (ProgramException e) {
      assertFalse(e.getMessage().isEmpty());
    }
  }

  @Property(tries = 1_000)
  void shouldGiveAProgramOrTheCheckedExceptionForAnyText(@ForAll byte[] any, @ForAll("near") String near) {
    for (byte[] text : new byte[][] {any, near.getBytes(StandardCharsets.ISO_8859_1)}) {
      try {
        assertTrue(EbpfProgram.parseText(text).size() <= text.length);
      } catch (ProgramException e) {
        assertTrue(e.line() >= 1);
      }
    }
  }

  @Property(tries = 300)
  void shouldReadBackWhatItWrites(@ForAll("instructions") List<EbpfInstruction> instructions) throws ProgramException {
    EbpfProgram program = EbpfProgram.of(instructions);
    assertEquals(program, Program.decode(program.encode()));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < instructions.size(); i++) {
      EbpfInstruction in = program.instruction(i);
      assertEquals(instructions.get(i), in);
      text.append(in.opcode()).append(' ').append(in.dst()).append(' ').append(in.src()).append(' ');
      text.append(in.offset() & 0xffff).append(' ').append(Integer.toUnsignedString(in.imm())).append('\n');
    }
    assertEquals(program, EbpfProgram.parseText(text.toString().getBytes(StandardCharsets.US_ASCII)));
  }

  @Provide
  Arbitrary<String> near() {
    return Arbitraries.strings().withChars("01789xXaf +-#\r\n\t").ofMaxLength(40);
  }

  @Provide
  Arbitrary<List<EbpfInstruction>> instructions() {
    Arbitrary<Integer> octet = Arbitraries.integers().between(0, 255);
    Arbitrary<Integer> register = Arbitraries.integers().between(0, 15);
    return Combinators.combine(octet, register, register, Arbitraries.shorts(), Arbitraries.integers())
        .as(EbpfInstruction::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(20);
  }
}
