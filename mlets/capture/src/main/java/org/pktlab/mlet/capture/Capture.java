package org.pktlab.mlet.capture;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.pktlab.filter.FilterCompiler;
import org.pktlab.filter.FilterSyntaxException;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.Targets;
import org.pktlab.program.EbpfProgram;
import org.pktlab.program.ProgramException;

/** Captures what a filter keeps at a vantage point: a row for each packet, and one that counts what was dropped. */
@Component
public final class Capture implements Mlet {
  private static final int LONGEST_FILE = 4 << 20;
  private static final Declaration DECLARATION =
      Declaration.of("capture", "Captures packets that a filter keeps")
          .description(
              """
              Captures packets of the interface that has the endpoint's best address (or --local) for some time, and writes a row for each:
              when it arrived on the endpoint's clock, its addresses and its octets from the IP header on. The last row says how many
              packets the endpoint dropped. With --format pcapng the rows become a capture file. The filter is an expression as tcpdump takes
              it, or an eBPF program in --file. The session's own connection is left out.
              """)
          .opens("raw")
          .parameter(Parameter.text("filter", "expression such as 'icmp or udp port 53'; several words are joined").byPlace().repeated())
          .parameter(Parameter.text("file", "file with an eBPF program in text form, instead of an expression"))
          .parameter(Parameter.duration("seconds", "how long to capture").withLetter('s').orElse("10s").between(0.001, 86_400))
          .parameter(Parameter.integer("count", "", "stop after so many packets").withLetter('c').between(1, 1_000_000_000))
          .parameter(Parameter.text("local", "address of the endpoint whose interface is captured").withLetter('l'))
          .parameter(Parameter.flag("ipv6", "capture where the endpoint's best IPv6 address is").withLetter('6'))
          .parameter(Parameter.integer("buffer", "octets", "what the endpoint may hold for us").orElse("4194304").between(4096, 1 << 30))
          .parameter(Parameter.flag("consume", "hide the packets from the endpoint's host, where its operator allows that"))
          .parameter(Parameter.flag("with-session", "capture the session's own connection too; may feed on itself"))
          .column(Column.integer("time_ns", "ns", "when it arrived, on the endpoint's clock"))
          .column(Column.integer("length", "octets", "octets of the packet as its header says"))
          .column(Column.integer("captured", "octets", "octets that were kept"))
          .column(Column.integer("protocol", "", "number of the protocol behind the IP headers"))
          .column(Column.text("from", "sender"))
          .column(Column.integer("sport", "", "source port, for TCP and UDP"))
          .column(Column.text("to", "receiver"))
          .column(Column.integer("dport", "", "destination port, for TCP and UDP"))
          .column(Column.integer("ttl", "", "time to live or hop limit"))
          .column(Column.text("rx_clock", "how times of arrival were taken: unknown, user, kernel or hardware"))
          .column(Column.integer("dropped", "", "last row: packets that the endpoint dropped or cut for want of buffer"))
          .column(Column.text("octets", "the octets kept, in hex, from the IP header on"))
          .build();

  private volatile FilterCompiler compiler;

  /** Made by the component runtime. */
  @Activate
  public Capture() {}

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void bindCompiler(FilterCompiler found) {
    compiler = found;
  }

  void unbindCompiler(FilterCompiler gone) {
    if (compiler == gone) {
      compiler = null;
    }
  }

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    if (arguments.flag("consume") && (arguments.flag("with-session") || arguments.texts("filter").isEmpty() && !arguments.has("file"))) {
      throw new IOException("--consume needs a filter that leaves the session alone: without one, or with --with-session, it would end here");
    }
    EbpfProgram filter = filter(vantage, arguments);
    InetAddress local =
        arguments.has("local") ? Targets.resolve(arguments.text("local"), 0) : InetAddress.getByAddress(new byte[arguments.flag("ipv6") ? 16
            : 4]);
    long most = arguments.has("count") ? arguments.integer("count") : Long.MAX_VALUE;
    Duration length = arguments.duration("seconds");
    try (RawSocket socket = vantage.raw(local, (int) arguments.integer("buffer"))) {
      new CaptureRun(vantage, socket, results, most).run(filter, arguments.flag("consume"), length.toNanos());
    }
  }

  private EbpfProgram filter(Vantage vantage, Arguments arguments) throws IOException {
    boolean expression = !arguments.texts("filter").isEmpty();
    if (arguments.has("file")) {
      if (expression) {
        throw new IOException("a filter expression and --file exclude each other");
      }
      return program(arguments.text("file"));
    }
    FilterCompiler current = compiler;
    if (current == null) {
      throw new IOException("filter expressions need the bundle that compiles them (org.pktlab.filter.pcap4j), which is not installed or has "
          + "no libpcap; give an eBPF program with --file");
    }
    String text = String.join(" ", arguments.texts("filter"));
    try {
      // The expression alone first, so that a fault in it is told as it was typed.
      EbpfProgram plain = current.compile(text);
      int port = vantage.endpoint().address().getPort();
      if (arguments.flag("with-session") || port == 0) {
        return plain;
      }
      String others = "not (tcp and port " + port + ")";
      return current.compile(text.isBlank() ? others : "(" + text + ") and " + others);
    } catch (FilterSyntaxException e) {
      throw new IOException("filter '" + text + "': " + e.getMessage());
    }
  }

  private static EbpfProgram program(String file) throws IOException {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] content = in.readNBytes(LONGEST_FILE + 1);
      if (content.length > LONGEST_FILE) {
        throw new IOException(file + " is longer than " + LONGEST_FILE + " octets");
      }
      EbpfProgram program = EbpfProgram.parseText(content);
      if (program.size() == 0) {
        throw new IOException(file + " holds no instruction");
      }
      return program;
    } catch (ProgramException e) {
      throw new IOException(file + ": " + e.getMessage());
    } catch (NoSuchFileException | InvalidPathException e) {
      throw new IOException("there is no file " + file);
    }
  }
}
