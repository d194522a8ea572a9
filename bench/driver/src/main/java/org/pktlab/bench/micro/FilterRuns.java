package org.pktlab.bench.micro;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.ebpf.Compiler;
import org.pktlab.filter.ebpf.Interpreter;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.ProgramException;

/** Runs a capture filter of 20 instructions on packets in a direct buffer, as a raw socket does. Every second packet passes all of its tests; others fail sooner. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 25, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class FilterRuns {
  /** IPv4, not a later fragment, UDP, from an unprivileged port to port 53. */
  static final String PROGRAM =
      "0xbf 6 1 0 0\n" // r6 = r1
          + "0x30 0 0 0 0\n" // version and length of the header
          + "0x57 0 0 0 0xf0\n"
          + "0x55 0 0 14 0x40\n"
          + "0x28 0 0 0 6\n" // flags and fragment offset
          + "0x45 0 0 12 0x1fff\n"
          + "0x30 0 0 0 9\n" // protocol
          + "0x55 0 0 10 17\n"
          + "0x30 0 0 0 0\n"
          + "0x57 0 0 0 0x0f\n"
          + "0x67 0 0 0 2\n"
          + "0xbf 7 0 0 0\n"
          + "0x48 0 7 0 2\n" // destination port
          + "0x55 0 0 4 53\n"
          + "0x48 0 7 0 0\n" // source port
          + "0xa5 0 0 2 1024\n"
          + "0xb7 0 0 0 262144\n"
          + "0x95 0 0 0 0\n"
          + "0xb7 0 0 0 0\n"
          + "0x95 0 0 0 0\n";

  private static final int PACKETS = 64;
  private static final int LENGTH = 96;

  private final ByteBuffer packets = packets();
  private final Filter compiled = load(new Compiler());
  private final Filter interpreted = load(new Interpreter());
  private int turn;

  private static ByteBuffer packets() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PACKETS * LENGTH);
    for (int i = 0; i < PACKETS; i++) {
      int at = i * LENGTH;
      buffer.put(at, (byte) (i % 16 == 1 ? 0x60 : 0x45)).put(at + 9, (byte) (i % 16 == 3 ? 6 : 17));
      buffer.putShort(at + 6, (short) (i % 16 == 5 ? 0x00b9 : 0x4000));
      buffer.putShort(at + 20, (short) (i % 16 == 7 ? 53 : 40_000 + i)).putShort(at + 22, (short) (i % 2 == 0 ? 53 : 33_434));
    }
    return buffer;
  }

  private static Filter load(FilterEngine engine) {
    try {
      return engine.load(EbpfProgram.parseText(PROGRAM.getBytes(StandardCharsets.US_ASCII)), Dialect.LINUX);
    } catch (ProgramException | FilterRejectedException e) {
      throw new IllegalStateException(e);
    }
  }

  private long run(Filter filter) throws FilterFaultException {
    turn = (turn + 1) % PACKETS;
    return filter.run(packets, turn * LENGTH, LENGTH);
  }

  /** One packet through the program as JVM bytecode. */
  @Benchmark
  public long compiled() throws FilterFaultException {
    return run(compiled);
  }

  /** One packet through the interpreter. */
  @Benchmark
  public long interpreted() throws FilterFaultException {
    return run(interpreted);
  }
}
