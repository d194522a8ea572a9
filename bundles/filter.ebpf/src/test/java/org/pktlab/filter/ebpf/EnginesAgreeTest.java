package org.pktlab.filter.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.program.EbpfProgram;

/**
 * Runs programs made by chance with both engines, four packets each. With the system property {@code pktlab.long} a million programs over both dialects, from a seed of
 * the clock; {@code pktlab.seed} sets it, and {@code pktlab.count} the number of programs of each dialect. Seed and counts are printed, and after a long run they also lie
 * in {@code target/fuzz-ebpf.txt}.
 */
class EnginesAgreeTest {
  private static final int PACKETS = 4;
  private static final boolean LONG = Boolean.getBoolean("pktlab.long");
  private static final int COUNT = Integer.getInteger("pktlab.count", LONG ? 500_000 : 1_000);

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void shouldGiveTheSameResultWhenProgramsAreMadeByChance(Dialect dialect) throws FilterRejectedException, IOException {
    long seed = Long.getLong("pktlab.seed", LONG ? System.nanoTime() : 20_260_701L);
    SplittableRandom random = new SplittableRandom(seed);
    long start = System.nanoTime();
    RandomPrograms programs = new RandomPrograms(random, dialect);
    Interpreter interpreter = new Interpreter();
    Compiler compiler = new Compiler();
    int loaded = 0;
    int made = 0;
    int faults = 0;
    while (loaded < COUNT) {
      EbpfProgram program = programs.program();
      made++;
      Filter oracle;
      try {
        oracle = interpreter.load(program, dialect);
      } catch (FilterRejectedException e) {
        continue;
      }
      loaded++;
      Filter compiled = compiler.load(program, dialect);
      assertTrue(compiled instanceof CompiledFilter);
      for (int i = 0; i < PACKETS; i++) {
        byte[] octets = programs.packet();
        // Not at the buffer's start, and more behind it.
        int offset = random.nextInt(8);
        ByteBuffer packet = ByteBuffer.allocate(offset + octets.length + 5).put(offset, octets);
        String expected = outcome(oracle, packet, offset, octets.length);
        String seen = outcome(compiled, packet, offset, octets.length);
        faults += expected.startsWith("0x") ? 0 : 1;
        if (!expected.equals(seen)) {
          assertEquals(expected, seen, "seed " + seed + ", program " + HexFormat.of().formatHex(program.encode()) + ", packet " + HexFormat.of().formatHex(octets));
        }
      }
    }
    report(
        String.format(
            "%s: seed %d, %d programs of %d made, %d packets, %d faults, 0 differences, %d s",
            dialect, seed, loaded, made, loaded * PACKETS, faults, (System.nanoTime() - start) / 1_000_000_000L));
    assertTrue(loaded * 10L > made, loaded + " of " + made + " programs passed the checks");
  }

  private static void report(String line) throws IOException {
    System.out.println(line);
    if (LONG) {
      Path file = Files.createDirectories(Path.of("target")).resolve("fuzz-ebpf.txt");
      Files.writeString(file, line + System.lineSeparator(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  private static String outcome(Filter filter, ByteBuffer packet, int offset, int length) {
    try {
      return "0x" + Long.toHexString(filter.run(packet, offset, length));
    } catch (FilterFaultException e) {
      return e.kind().name();
    }
  }
}
