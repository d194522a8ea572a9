package org.pktlab.mlet.traceroute;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Vantage;

/** Finds the routers on the way from a vantage point to targets: a row for each probe. */
@Component
public final class Traceroute implements Mlet {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Declaration DECLARATION =
      Declaration.of("traceroute", "Finds the routers on the way to targets")
          .description(
              """
              Sends probes with rising hop limits from each endpoint and writes a row for each probe: which router answered, after how long.
              The Paris methods and tcp keep everything constant that load balancers look at, so that a trace follows one way. The last
              row of a trace says in stop why it ended. Many targets are traced at the same time, within the rate.
              """)
          .opens("raw")
          .parameter(Parameter.text("target", "address or name, looked up at the controller").byPlace().repeated())
          .parameter(Parameter.text("targets", "file with an address or name on each line"))
          .parameter(Parameter.text("method", "kind of probe; udp-paris unless given").withLetter('P').among("icmp-paris", "udp-paris", "tcp",
              "icmp", "udp"))
          .parameter(Parameter.integer("first", "", "first hop limit").withLetter('f').orElse("1").between(1, 255))
          .parameter(Parameter.integer("max", "", "last hop limit").withLetter('m').orElse("30").between(1, 255))
          .parameter(Parameter.integer("attempts", "", "probes for a hop, until one is answered").withLetter('q').orElse("2").between(1, 10))
          .parameter(Parameter.flag("all", "send all attempts, also after an answer").withLetter('Q'))
          .parameter(Parameter.integer("gap", "", "silent hops in a row after which to stop; 0: no limit").withLetter('g').orElse("5")
              .between(0, 255))
          .parameter(Parameter.duration("wait", "how long to wait for an answer").withLetter('w').orElse("5s").between(0.001, 60))
          .parameter(Parameter.decimal("rate", "packets/s", "probes per second over all targets").orElse("100").between(0.01, 1_000_000))
          .parameter(Parameter.integer("window", "", "targets at the same time; unless given as many as keep the rate up, 1000 to 20000")
              .between(1, 100_000))
          .parameter(Parameter.integer("sport", "", "source port, or identifier of echo requests; random unless given").withLetter('s')
              .between(1, 65_535))
          .parameter(Parameter.integer("dport", "", "destination port, or checksum for icmp-paris").withLetter('d').between(1, 65_534))
          .parameter(Parameter.integer("port", "", "the same as --dport").withLetter('p').between(1, 65_534))
          .parameter(Parameter.integer("size", "octets", "octets of a whole probe; TCP probes have 40 or 60").orElse("60").between(28, 1500))
          .parameter(Parameter.integer("tos", "", "type of service or traffic class").withLetter('t').orElse("0").between(0, 255))
          .parameter(Parameter.text("source", "address of the endpoint to send from").withLetter('S'))
          .parameter(Parameter.flag("icmp", "the same as --method icmp").withLetter('I'))
          .parameter(Parameter.flag("tcp", "the same as --method tcp").withLetter('T'))
          .parameter(Parameter.flag("udp", "the same as --method udp").withLetter('U'))
          .parameter(Parameter.flag("no-loop-check", "go on when a router is met again"))
          .parameter(Parameter.flag("ipv4", "IPv4 only").withLetter('4'))
          .parameter(Parameter.flag("ipv6", "IPv6 only").withLetter('6'))
          .parameter(Parameter.flag("numeric", "accepted for habit: addresses are never turned into names").withLetter('n'))
          .column(Column.text("target", "where to"))
          .column(Column.integer("hop", "", "hop limit of the probe"))
          .column(Column.integer("attempt", "", "which probe of that hop, from 1"))
          .column(Column.text("from", "who answered"))
          .column(Column.decimal("rtt_ms", "ms", "from the probe having left the endpoint to the answer's arrival there"))
          .column(Column.text("reply", "what the answer says; timeout; unsent and why"))
          .column(Column.text("stop", "last row of a trace: completed, unreach, icmp, loop, gaplimit, hoplimit or unsent"))
          .column(Column.integer("icmp_type", "", "type of the ICMP message received"))
          .column(Column.integer("icmp_code", "", "code of it"))
          .column(Column.integer("tcp_flags", "", "flags of the TCP segment received"))
          .column(Column.integer("reply_ttl", "", "hop limit that the answer came with"))
          .column(Column.integer("reply_size", "octets", "octets of the answer"))
          .column(Column.integer("reply_tos", "", "traffic class of the answer"))
          .column(Column.integer("quoted_ttl", "", "hop limit of the probe as the answer quotes it"))
          .column(Column.integer("probe_size", "octets", "octets of the probe"))
          .column(Column.text("method", "kind of probe"))
          .column(Column.text("source", "address that the probe was sent from"))
          .column(Column.integer("sport", "", "source port, or identifier"))
          .column(Column.integer("dport", "", "destination port, or checksum"))
          .column(Column.integer("tx_ns", "ns", "when the probe left, on the endpoint's clock"))
          .column(Column.integer("rx_ns", "ns", "when the answer arrived, on the endpoint's clock"))
          .column(Column.text("tx_clock", "how times of sending were taken: unknown, user, kernel or hardware"))
          .column(Column.text("rx_clock", "how times of arrival were taken"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    TraceSettings settings = TraceSettings.of(arguments);
    int cookie = RANDOM.nextInt(0x10000);
    for (int length : new int[] {4, 16}) {
      List<InetAddress> targets = settings.targets().stream().filter(t -> t.getAddress().length == length).toList();
      if (!targets.isEmpty()) {
        trace(vantage, settings, results, cookie, targets, length);
      }
    }
  }

  private static void trace(Vantage vantage, TraceSettings settings, Results results, int cookie, List<InetAddress> targets, int length)
      throws IOException, InterruptedException {
    InetAddress local = settings.source() != null ? settings.source() : InetAddress.getByAddress(new byte[length]);
    try (RawSocket socket = vantage.raw(local)) {
      if (socket.localAddress().isAnyLocalAddress()) {
        throw new IOException("the endpoint does not tell its address, which checksums need; name one with --source");
      }
      Probes probes = new Probes(settings, socket.localAddress(), cookie);
      socket.capture(probes.filter(), RawSocket.FOREVER);
      new TraceRun(vantage, socket, settings, results, probes, targets).run();
    }
  }
}
