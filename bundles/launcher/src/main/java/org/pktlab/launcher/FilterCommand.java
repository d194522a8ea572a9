package org.pktlab.launcher;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterSyntaxException;
import org.pktlab.filter.ebpf.Disassembly;
import org.pktlab.filter.ebpf.Interpreter;
import org.pktlab.filter.pcap4j.PcapFilterCompiler;
import org.pktlab.program.EbpfInstruction;
import org.pktlab.program.EbpfProgram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pktlab filter}: eBPF programs that say what is captured (packetlab-programs section 3). */
@Command(
    name = "filter",
    mixinStandardHelpOptions = true,
    description = "Makes, checks, shows and tries out capture filters (eBPF).",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {FilterCommand.Check.class, FilterCommand.Show.class, FilterRunCommand.class, FilterCommand.Compile.class},
    footer = {
      "",
      "A FILE holds a program as text, one instruction a line, or encoded, as octets",
      "or hexadecimal digits; '-' is standard input. Dialects: 'linux' is that of",
      "capture filters, 'reference' that of the machine in the C package.",
      "",
      "Exit status: 0 done, 1 the program is refused or a file is unusable, 2 wrong",
      "command line."
    })
final class FilterCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "check, show, run or compile is missing");
  }

  /** The dialect of that name. */
  static Dialect dialect(CommandSpec spec, String name) {
    for (Dialect each : Dialect.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    throw new ParameterException(spec.commandLine(), "--dialect is linux or reference, not " + name);
  }

  /** {@code pktlab filter check}. */
  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Says whether a program may run, and if not, which instruction is wrong.",
      footer = {
        "",
        "Without --dialect both are looked at, and 'linux', which captures want, decides.",
        "",
        "Examples:",
        "  pktlab filter check echo.ebpf",
        "  pktlab filter check --dialect reference monitor.ebpf",
        "",
        "Exit status: 0 it may run; 1 it is refused, or the file is unusable; 2 wrong",
        "command line."
      })
  static final class Check implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The program.")
    private Path file;

    @Option(names = "--dialect", paramLabel = "D", description = "linux or reference (default: both).")
    private String dialect;

    @Override
    public Integer call() throws CommandFailure {
      Dialect only = dialect == null ? null : dialect(spec, dialect);
      EbpfProgram program = FilterPrograms.read(file);
      PrintWriter out = spec.commandLine().getOut();
      out.println(file + ": " + program.size() + " instructions, digest " + program.digestHex());
      int status = 0;
      for (Dialect each : List.of(Dialect.LINUX, Dialect.REFERENCE)) {
        if (only != null && only != each) {
          continue;
        }
        String name = each.name().toLowerCase(Locale.ROOT);
        try {
          new Interpreter().load(program, each);
          out.println(name + ": ok");
        } catch (FilterRejectedException e) {
          out.println(name + ": refused: " + e.category() + ": " + e.getMessage());
          if (e.instruction() >= 0) {
            out.println("  " + e.instruction() + ": " + Disassembly.of(program).get(e.instruction()));
          }
          status = only != null || each == Dialect.LINUX ? CommandFailure.FAILED : status;
        }
      }
      out.flush();
      return status;
    }
  }

  /** {@code pktlab filter show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows what a program does: one line an instruction, numbered from 0.",
      footer = {
        "",
        "Distances of jumps count from the next instruction; where they lead is said",
        "behind. skb is the packet from its IP header on. A program that may not run is",
        "shown as well.",
        "",
        "Example:",
        "  pktlab filter show echo.ebpf",
        "",
        "Exit status: 0 done, 1 the file is unusable, 2 wrong command line."
      })
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The program.")
    private Path file;

    @Override
    public Integer call() throws CommandFailure {
      EbpfProgram program = FilterPrograms.read(file);
      PrintWriter out = spec.commandLine().getOut();
      List<String> lines = Disassembly.of(program);
      for (int i = 0; i < lines.size(); i++) {
        // The second half of a 64-bit immediate has no line of its own.
        if (!lines.get(i).isEmpty()) {
          out.println(String.format("%5d  ", i) + lines.get(i) + target(program.instruction(i), i, lines.get(i)));
        }
      }
      out.flush();
      return 0;
    }

    private static String target(EbpfInstruction one, int i, String line) {
      if (!line.contains("goto")) {
        return "";
      }
      return "  (" + (i + 1 + (line.startsWith("gotol") ? one.imm() : one.offset())) + ")";
    }
  }

  /** {@code pktlab filter compile}. */
  @Command(
      name = "compile",
      mixinStandardHelpOptions = true,
      description = "Makes a program of a filter expression as tcpdump takes it (pcap-filter).",
      footer = {
        "",
        "The program is of the dialect 'linux', for packets that begin with their IP",
        "header. It takes all of a packet that matches.",
        "",
        "Examples:",
        "  pktlab filter compile 'icmp[icmptype] = icmp-echoreply' -o echo.ebpf",
        "  pktlab filter compile icmp or udp port 53",
        "",
        "Exit status: 0 done; 1 it is no expression, libpcap is missing, or the file",
        "cannot be written; 2 wrong command line."
      })
  static final class Compile implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "EXPRESSION", arity = "1..*", description = "The expression; several words are joined.")
    private List<String> words = new ArrayList<>();

    @Option(names = {"-o", "--out"}, paramLabel = "FILE", description = "Where to write the program's text, replacing what is there (default: standard output).")
    private Path file;

    @Override
    public Integer call() throws CommandFailure {
      String expression = String.join(" ", words);
      EbpfProgram program;
      try {
        program = new PcapFilterCompiler().compile(expression);
        new Interpreter().load(program, Dialect.LINUX);
      } catch (FilterSyntaxException e) {
        throw new CommandFailure(e.getMessage());
      } catch (FilterRejectedException e) {
        throw new CommandFailure("the expression makes a program that may not run: " + e.getMessage());
      }
      String text = text(expression, program);
      if (file == null) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
        return 0;
      }
      try {
        Files.writeString(file, text, StandardCharsets.US_ASCII);
      } catch (IOException e) {
        throw new CommandFailure(file + " cannot be written: " + FilterPrograms.reason(e));
      }
      return 0;
    }

    /** The text form; readers pass over what stands behind the five numbers. */
    private static String text(String expression, EbpfProgram program) {
      StringBuilder text = new StringBuilder("# " + expression.replaceAll("[^ -~]", "?") + "\n");
      List<String> lines = Disassembly.of(program);
      for (int i = 0; i < program.size(); i++) {
        EbpfInstruction one = program.instruction(i);
        String numbers = String.format("0x%02x %d %d 0x%04x 0x%08x", one.opcode(), one.dst(), one.src(), one.offset() & 0xffff, one.imm());
        text.append(lines.get(i).isEmpty() ? numbers : String.format("%-32s # %s", numbers, lines.get(i))).append('\n');
      }
      return text.toString();
    }
  }
}
