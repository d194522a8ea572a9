package org.pktlab.mlet.ping;

import java.io.IOException;
import java.net.InetAddress;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.CaptureFilters;

/** Sends ICMP echo requests from a vantage point: a row for whatever happens to each, and one that sums up. */
@Component
public final class Ping implements Mlet {
  private static final Declaration DECLARATION =
      Declaration.of("ping", "Sends ICMP echo requests and times the replies")
          .description(
              """
              Sends ICMP or ICMPv6 echo requests from each endpoint, at exact intervals on its clock, and writes a row for each reply,
              duplicate, ICMP error and time-out, then a row of kind summary. Round trips are differences of the endpoint's own times.
              Options are spelled as in iputils; a name is looked up at the controller.
              """)
          .opens("raw")
          .parameter(Parameter.text("target", "address or name").byPlace().mandatory())
          .parameter(Parameter.integer("count", "", "requests to send").withLetter('c').orElse("4").between(1, 1_000_000))
          .parameter(Parameter.duration("interval", "time between requests").withLetter('i').orElse("1s").between(0, 3600))
          .parameter(Parameter.integer("size", "octets", "octets of payload").withLetter('s').orElse("56").between(0, 65_507))
          .parameter(Parameter.integer("ttl", "", "time to live or hop limit; 64 unless given").withLetter('t').between(1, 255))
          .parameter(Parameter.integer("hop-limit", "", "the same as --ttl").withLetter('m').between(1, 255))
          .parameter(Parameter.duration("timeout", "how long to wait for each reply").withLetter('W').orElse("2s").between(0.001, 3600))
          .parameter(Parameter.duration("deadline", "when to stop, whatever is missing").withLetter('w').between(0.001, 86_400))
          .parameter(Parameter.integer("reply-count", "", "stop after so many replies").withLetter('o').between(1, 1_000_000))
          .parameter(Parameter.integer("tos", "", "type of service or traffic class").withLetter('Q').orElse("0").between(0, 255))
          .parameter(Parameter.text("source", "address of the endpoint to send from").withLetter('I'))
          .parameter(Parameter.text("srcaddr", "the same as --source").withLetter('S'))
          .parameter(Parameter.text("pattern", "1 to 16 octets in hex that fill the payload").withLetter('p'))
          .parameter(Parameter.integer("identifier", "", "identifier of the requests; random unless given").withLetter('e')
              .between(0, 65_535))
          .parameter(Parameter.text("pmtudisc", "do: routers must not fragment the requests").withLetter('M').among("do", "dont", "want")
              .orElse("dont"))
          .parameter(Parameter.flag("ipv4", "IPv4 only").withLetter('4'))
          .parameter(Parameter.flag("ipv6", "IPv6 only").withLetter('6'))
          .parameter(Parameter.flag("numeric", "accepted for habit: addresses are never turned into names").withLetter('n'))
          .parameter(Parameter.flag("quiet", "the summary only").withLetter('q'))
          .parameter(Parameter.flag("verbose", "accepted for habit: every row says everything").withLetter('v'))
          .parameter(Parameter.flag("timestamps", "accepted for habit: rows have the times").withLetter('D'))
          .parameter(Parameter.flag("outstanding", "accepted for habit: requests without answer have rows").withLetter('O'))
          .column(Column.text("kind", "reply, duplicate, late, error, timeout, unsent or summary"))
          .column(Column.integer("seq", "", "number of the request, from 1"))
          .column(Column.text("from", "who answered; in a summary the target"))
          .column(Column.integer("size", "octets", "octets of the ICMP message received"))
          .column(Column.integer("ttl", "", "time to live or hop limit it came with"))
          .column(Column.decimal("rtt_ms", "ms", "from the request having left the endpoint to the answer's arrival there"))
          .column(Column.text("icmp", "what an ICMP error says; why a request was not sent"))
          .column(Column.integer("icmp_type", "", "type of the message received"))
          .column(Column.integer("icmp_code", "", "code of the message received"))
          .column(Column.integer("tx_ns", "ns", "when the request left, on the endpoint's clock"))
          .column(Column.integer("rx_ns", "ns", "when the answer arrived, on the endpoint's clock"))
          .column(Column.text("tx_clock", "how times of sending were taken: unknown, user, kernel or hardware"))
          .column(Column.text("rx_clock", "how times of arrival were taken"))
          .column(Column.integer("sent", "", "summary: requests that left"))
          .column(Column.integer("received", "", "summary: requests that were answered in time"))
          .column(Column.integer("duplicates", "", "summary: further answers"))
          .column(Column.integer("errors", "", "summary: ICMP errors"))
          .column(Column.decimal("loss_pct", "%", "summary: requests that were not answered in time"))
          .column(Column.decimal("min_ms", "ms", "summary: shortest round trip"))
          .column(Column.decimal("avg_ms", "ms", "summary: mean"))
          .column(Column.decimal("median_ms", "ms", "summary: median"))
          .column(Column.decimal("p95_ms", "ms", "summary: 95th percentile, nearest rank"))
          .column(Column.decimal("max_ms", "ms", "summary: longest"))
          .column(Column.decimal("stddev_ms", "ms", "summary: standard deviation of the population"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    PingSettings settings = PingSettings.of(arguments);
    int version = settings.version();
    InetAddress local = settings.source() != null ? settings.source() : InetAddress.getByAddress(new byte[version == 4 ? 4 : 16]);
    try (RawSocket socket = vantage.raw(local)) {
      if (version == 6 && socket.localAddress().isAnyLocalAddress()) {
        throw new IOException("the endpoint does not tell its IPv6 address, which the checksum needs; name one with --source");
      }
      socket.capture(CaptureFilters.echo(version, settings.identifier()), RawSocket.FOREVER);
      new PingRun(vantage, socket, settings, results).run();
    }
  }
}
