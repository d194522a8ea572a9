package org.pktlab.launcher;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterFaultException;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.ebpf.Compiler;
import org.pktlab.filter.ebpf.Interpreter;
import org.pktlab.program.EbpfProgram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab filter run} (packetlab-programs sections 3.3 and 3.4). */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Says what a program makes of packets, one line each.",
    footer = {
      "",
      "A packet begins with its IP header. In a pcap file, headers of the link are",
      "passed over. A result of 0 ignores a packet, another is how many octets of it",
      "are taken.",
      "",
      "With --batch, each line of standard input is a case",
      "  {\"id\":..,\"text\":\"..\",\"packet\":\"HEX\",\"ctx\":null}",
      "and each line of the output its answer. text is the program's text; without it",
      "encoded is the program in hexadecimal. packet and ctx, the context of the C",
      "package's machine, may be null. An answer has id, load (ok, or error with",
      "error_line), encoded, sha256, verify (ok, or reject with verify_error), exec",
      "(ok, or error with exec_error), r0 and accept; with --dialect linux it has load",
      "(ok, or rejected with verify_error) and retval. With --engine both, a case on",
      "which the engines differ has error, and the batch ends with status 1.",
      "",
      "Examples:",
      "  pktlab filter run echo.ebpf 4500001c1e614000400100000a00000108080808",
      "  pktlab filter run echo.ebpf --pcap trace.pcap",
      "  pktlab filter run --batch --dialect linux --engine both < cases.jsonl",
      "",
      "Exit status: 0 done; 1 the program is refused, a file is unusable, the engines",
      "differ, or in a batch a line is no JSON or lacks its input; 2 wrong command",
      "line."
    })
final class FilterRunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "The program.")
  private Path file;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "HEX", description = "Packets in hexadecimal, one an argument.")
  private List<String> packets = new ArrayList<>();

  @Option(names = "--pcap", paramLabel = "PCAP", description = "Takes the packets of this file, in the classic pcap format.")
  private Path pcap;

  @Option(names = "--batch", description = "Reads cases from standard input, one JSON object a line.")
  private boolean batch;

  @Option(names = "--dialect", paramLabel = "D", description = "linux or reference (default: linux, with --batch reference).")
  private String dialect;

  @Option(names = "--engine", paramLabel = "E", defaultValue = "compiler", description = "interpreter, compiler or both (default: ${DEFAULT-VALUE}).")
  private String engine;

  @Override
  public Integer call() throws CommandFailure {
    List<FilterEngine> engines = engines();
    Dialect chosen = dialect != null ? FilterCommand.dialect(spec, dialect) : batch ? Dialect.REFERENCE : Dialect.LINUX;
    if (batch) {
      if (file != null || pcap != null) {
        throw new ParameterException(spec.commandLine(), "--batch reads standard input and takes neither FILE nor --pcap");
      }
      FilterCases cases = new FilterCases(engines, chosen);
      int status = new JsonLines(System.in, System.out, MessageCommand.LONGEST_LINE).run(cases::answer);
      if (cases.differences() > 0) {
        throw new CommandFailure("the engines differ in " + cases.differences() + " cases");
      }
      return status;
    }
    if (file == null) {
      throw new ParameterException(spec.commandLine(), "FILE is missing: name a program, or read cases with --batch");
    }
    if (packets.isEmpty() == (pcap == null)) {
      throw new ParameterException(spec.commandLine(), "give packets either in hexadecimal or with --pcap");
    }
    List<Filter> filters = load(engines, chosen);
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (pcap == null) {
        for (int i = 0; i < packets.size(); i++) {
          show(out, i + 1, filters, chosen, octets(i));
        }
      } else {
        try (PcapPackets read = PcapPackets.open(pcap)) {
          ByteBuffer packet = read.next();
          for (long number = 1; packet != null; number++) {
            if (packet.limit() == 0) {
              out.println("packet " + number + ": no IP, passed over");
            } else {
              show(out, number, filters, chosen, packet);
            }
            packet = read.next();
          }
        }
      }
    } finally {
      out.flush();
    }
    return 0;
  }

  private List<FilterEngine> engines() {
    switch (engine) {
      case "interpreter":
        return List.of(new Interpreter());
      case "compiler":
        return List.of(new Compiler());
      case "both":
        return List.of(new Interpreter(), new Compiler());
      default:
        throw new ParameterException(spec.commandLine(), "--engine is interpreter, compiler or both, not " + engine);
    }
  }

  private List<Filter> load(List<FilterEngine> engines, Dialect chosen) throws CommandFailure {
    EbpfProgram program = FilterPrograms.read(file);
    List<Filter> filters = new ArrayList<>();
    try {
      for (FilterEngine each : engines) {
        filters.add(each.load(program, chosen));
      }
    } catch (FilterRejectedException e) {
      throw new CommandFailure(file + " is refused: " + e.category() + ": " + e.getMessage());
    }
    return filters;
  }

  private ByteBuffer octets(int i) throws CommandFailure {
    try {
      return ByteBuffer.wrap(FrameCases.octets(packets.get(i)));
    } catch (CaseException e) {
      throw CommandFailure.usage("packet " + (i + 1) + ": " + e.getMessage());
    }
  }

  private static void show(PrintWriter out, long number, List<Filter> filters, Dialect dialect, ByteBuffer packet) throws CommandFailure {
    int length = packet.limit();
    String first = null;
    for (Filter filter : filters) {
      String outcome;
      try {
        outcome = outcome(filter.run(packet, 0, length), dialect, length);
      } catch (FilterFaultException e) {
        outcome = "fault " + e.kind().name().toLowerCase(Locale.ROOT);
      }
      if (first != null && !first.equals(outcome)) {
        throw new CommandFailure("packet " + number + ": the engines differ: " + first + ", and " + outcome);
      }
      first = outcome;
    }
    out.println("packet " + number + ": " + length + (length == 1 ? " octet, " : " octets, ") + first);
  }

  private static String outcome(long result, Dialect dialect, int length) {
    long wanted = dialect == Dialect.LINUX ? result & 0xffff_ffffL : FilterCases.accepted(result);
    long taken = Math.min(wanted, length);
    String shown = dialect == Dialect.LINUX ? Long.toString(wanted) : String.format("0x%016x", result);
    return "result " + shown + ": " + (wanted == 0 ? "ignored" : taken == length ? "taken" : taken + " octets taken");
  }
}
