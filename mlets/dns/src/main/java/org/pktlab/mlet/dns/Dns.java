package org.pktlab.mlet.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Vantage;

/** Asks a DNS server from a vantage point: one row for each record of the answer, or one that says why there is none. */
@Component
public final class Dns implements Mlet {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Declaration DECLARATION =
      Declaration.of("dns", "Asks a DNS server and times the answer")
          .description(
              """
              Sends a DNS query from each endpoint and writes one row for each record of the answer, or a single row when there is none.
              An answer cut to fit a datagram is asked for again over TCP. Times are taken at the endpoint, on its own clock.
              """)
          .opens("udp", "tcp")
          .parameter(Parameter.text("name", "domain name to ask for").byPlace().mandatory())
          .parameter(Parameter.text("type", "record type: A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, CAA, ANY, TYPEnnn and others")
              .withLetter('t').orElse("A"))
          .parameter(Parameter.text("server",
              "address of the server as ADDR, ADDR:PORT or [V6]:PORT; the endpoint's first resolver unless given").withLetter('s'))
          .parameter(Parameter.flag("tcp", "ask over TCP at once"))
          .parameter(Parameter.duration("timeout", "how long to wait for each try").orElse("5s").between(0.001, 600))
          .parameter(Parameter.integer("tries", "", "queries to send before giving up").orElse("2").between(1, 20))
          .parameter(Parameter.flag("edns", "announce EDNS with --bufsize"))
          .parameter(Parameter.integer("bufsize", "octets", "largest answer over UDP; implies --edns when given").between(512, 65535))
          .parameter(Parameter.flag("dnssec", "ask for DNSSEC records; implies --edns"))
          .parameter(Parameter.flag("no-recurse", "ask the server for what it knows itself"))
          .parameter(Parameter.flag("all", "rows for the authority and additional sections too"))
          .column(Column.text("server", "address and port that was asked"))
          .column(Column.text("name", "owner of the record; the name asked for when there is none"))
          .column(Column.text("type", "type of the record; the type asked for when there is none"))
          .column(Column.integer("ttl", "s", "time to live"))
          .column(Column.text("value", "data of the record as in zone files"))
          .column(Column.text("section", "answer, authority or additional"))
          .column(Column.text("rcode", "response code such as NOERROR or NXDOMAIN"))
          .column(Column.decimal("rtt_ms", "ms", "from the query having left to the answer"))
          .column(Column.text("transport", "udp or tcp: what the answer came over"))
          .column(Column.flag("truncated", "whether the answer over UDP was cut"))
          .column(Column.text("error", "why there is no answer: timeout, refused, reset, unreachable, or a sentence"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    int type = DnsType.number(arguments.text("type"));
    if (type < 0) {
      throw new IOException("--type '" + arguments.text("type") + "' is none of " + DnsType.names());
    }
    boolean edns = arguments.flag("edns") || arguments.flag("dnssec") || arguments.has("bufsize");
    int bufferSize = !edns ? 0 : arguments.has("bufsize") ? (int) arguments.integer("bufsize") : 1232;
    byte[] query;
    try {
      query = DnsMessage.query(RANDOM.nextInt(0x10000), arguments.text("name"), type, !arguments.flag("no-recurse"), bufferSize,
          arguments.flag("dnssec"));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage());
    }
    InetSocketAddress server = DnsServer.of(vantage, arguments.text("server"));
    DnsClient client = new DnsClient(vantage, server, query, arguments.duration("timeout"));
    boolean tcp = arguments.flag("tcp");
    DnsReply reply = DnsReply.failed("timeout");
    boolean truncated = false;
    for (long i = 0; i < arguments.integer("tries") && "timeout".equals(reply.error()); i++) {
      reply = tcp ? client.overTcp() : client.overUdp();
    }
    if (reply.message() != null && reply.message().truncated() && !tcp) {
      truncated = true;
      DnsReply whole = client.overTcp();
      tcp = whole.error() == null;
      // Half an answer is better than none; the row says that it was cut.
      reply = tcp ? whole : new DnsReply(reply.message(), reply.rttMs(), "no whole answer over TCP: " + whole.error());
    }
    write(results, arguments, server, reply, tcp, truncated);
  }

  private static void write(Results results, Arguments arguments, InetSocketAddress server, DnsReply reply, boolean tcp,
      boolean truncated) {
    boolean any = false;
    for (DnsMessage.Entry entry : reply.message() == null ? List.<DnsMessage.Entry>of() : reply.message().records()) {
      if (entry.section().equals("answer") || arguments.flag("all")) {
        any = true;
        Results.Row row = row(results, server, reply, tcp, truncated).set("name", entry.name()).set("type", DnsType.name(entry.type()));
        row.set("ttl", entry.ttl()).set("value", entry.value()).set("section", entry.section()).emit();
      }
    }
    if (!any) {
      String type = DnsType.name(DnsType.number(arguments.text("type")));
      row(results, server, reply, tcp, truncated).set("name", arguments.text("name")).set("type", type).emit();
    }
  }

  private static Results.Row row(Results results, InetSocketAddress server, DnsReply reply, boolean tcp, boolean truncated) {
    Results.Row row = results.row().set("server", DnsServer.text(server)).set("transport", tcp ? "tcp" : "udp").set("error", reply.error());
    if (reply.message() != null) {
      row.set("rcode", DnsType.code(reply.message().rcode())).set("truncated", truncated).set("rtt_ms", reply.rttMs());
    }
    return row;
  }
}
