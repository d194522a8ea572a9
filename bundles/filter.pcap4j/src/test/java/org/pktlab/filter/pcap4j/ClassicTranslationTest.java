package org.pktlab.filter.pcap4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterSyntaxException;
import org.pktlab.filter.ebpf.Compiler;
import org.pktlab.filter.ebpf.Interpreter;
import org.pktlab.program.EbpfProgram;

/** Classic programs made by chance say the same before and after the translation, which always loads. */
class ClassicTranslationTest {
  private static final int COUNT = Boolean.getBoolean("pktlab.long") ? 100_000 : 1_500;
  private static final int[] LOADS = {0x00, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x60, 0x80, 0x01, 0x61, 0x81, 0xb1};
  private static final int[] OPERATIONS = {0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xa0};
  private static final int[] CONDITIONS = {0x10, 0x20, 0x30, 0x40};

  private final SplittableRandom random = new SplittableRandom(20_260_702L);

  @Test
  void shouldSayTheSameWhenProgramsAreMadeByChance() throws FilterSyntaxException, FilterRejectedException, FilterFaultException {
    int matches = 0;
    for (int i = 0; i < COUNT; i++) {
      List<ClassicInstruction> classic = program();
      EbpfProgram program = ClassicTranslation.translate(classic);
      Filter interpreted = new Interpreter().load(program, Dialect.LINUX);
      Filter compiled = new Compiler().load(program, Dialect.LINUX);
      for (int run = 0; run < 4; run++) {
        byte[] packet = new byte[random.nextInt(70)];
        random.nextBytes(packet);
        long expected = ClassicMachine.run(classic, packet) & 0xffff_ffffL;
        String what = classic + " of " + HexFormat.of().formatHex(packet);
        assertEquals(expected, interpreted.run(ByteBuffer.wrap(packet), 0, packet.length), what);
        assertEquals(expected, compiled.run(ByteBuffer.wrap(packet), 0, packet.length), what);
        matches += expected == 0 ? 0 : 1;
      }
    }
    assertEquals(true, matches > COUNT, matches + " results other than 0");
  }

  private List<ClassicInstruction> program() {
    int size = 2 + random.nextInt(30);
    List<ClassicInstruction> program = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      program.add(instruction(size - i));
    }
    program.add(random.nextBoolean() ? new ClassicInstruction(0x16, 0, 0, 0) : new ClassicInstruction(0x06, 0, 0, random.nextInt()));
    return program;
  }

  private ClassicInstruction instruction(int room) {
    int far = Math.min(room, 12);
    boolean x = random.nextBoolean();
    switch (random.nextInt(9)) {
      case 0:
      case 1:
      case 2:
        int load = LOADS[random.nextInt(LOADS.length)];
        int mode = load & 0xe0;
        boolean packet = mode == 0x20 || mode == 0x40 || mode == 0xa0;
        return new ClassicInstruction(load, 0, 0, packet ? random.nextInt(24) : mode == 0x60 ? random.nextInt(16) : number());
      case 3:
        return new ClassicInstruction(x ? 0x02 : 0x03, 0, 0, random.nextInt(16));
      case 4:
      case 5:
        int operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
        int k = operation == 0x60 || operation == 0x70 ? random.nextInt(32) : operation == 0x30 || operation == 0x90 ? 1 + random.nextInt(1000) : number();
        return new ClassicInstruction(0x04 | operation | (x ? 8 : 0), 0, 0, k);
      case 6:
        if (random.nextInt(4) == 0) {
          return new ClassicInstruction(0x05, 0, 0, random.nextInt(far));
        }
        int condition = 0x05 | CONDITIONS[random.nextInt(4)] | (x ? 8 : 0);
        return new ClassicInstruction(condition, random.nextInt(far), random.nextInt(far), number());
      case 7:
        return new ClassicInstruction(x ? 0x07 : 0x87, 0, 0, 0);
      default:
        return new ClassicInstruction(random.nextInt(8) == 0 ? 0x16 : 0x30, 0, 0, random.nextInt(40));
    }
  }

  private int number() {
    return random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(300);
  }

  @ParameterizedTest
  @CsvSource({"0x05,0,0,1", "0x05,0,0,-1", "0x15,1,0,0", "0x15,0,7,0", "0x28,0,0,-4096", "0x34,0,0,0", "0x64,0,0,32", "0x60,0,0,16", "0x02,0,0,-1", "0x38,0,0,0"})
  void shouldRefuseWhatIsNoProgram(String code, int jt, int jf, int k) {
    List<ClassicInstruction> classic = List.of(new ClassicInstruction(Integer.decode(code), jt, jf, k), new ClassicInstruction(0x06, 0, 0, 1));
    assertThrows(FilterSyntaxException.class, () -> ClassicTranslation.translate(classic));
  }

  @Test
  void shouldRefuseAProgramWithoutInstructionsOrReturn() {
    assertThrows(FilterSyntaxException.class, () -> ClassicTranslation.translate(List.of()));
    assertThrows(FilterSyntaxException.class, () -> ClassicTranslation.translate(List.of(new ClassicInstruction(0x00, 0, 0, 1))));
  }
}
