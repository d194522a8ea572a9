package org.pktlab.mlet.uplink;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.AddressText;
import org.pktlab.mlet.packet.Source;
import org.pktlab.mlet.packet.Targets;

/** Measures how fast an endpoint's uplink is: scheduled trains of packets, whose dispersion on arrival is that of the slowest link. */
@Component
public final class Uplink implements Mlet {
  private static final Declaration DECLARATION =
      Declaration.of("uplink", "Measures uplink bandwidth by the dispersion of packet trains")
          .description(
              """
              Schedules trains of packets at each endpoint, all of a train due at the same time, and measures how far apart they arrive: the
              slowest link on the way spaces them. Without a target they are UDP datagrams to this controller, which takes the times of
              arrival; with one they are echo requests whose replies, as large as they, are timed at the endpoint, so that the slower
              direction counts. Nothing of the session uses the network while a train runs.
              """)
          .opens("raw", "udp")
          .parameter(Parameter.text("target", "address or name that answers echo requests; this controller unless given").byPlace())
          .parameter(Parameter.integer("packets", "", "packets of a train").withLetter('c').orElse("100").between(10, 10_000))
          .parameter(Parameter.integer("size", "octets", "octets of a whole packet").withLetter('s').orElse("1400").between(64, 1500))
          .parameter(Parameter.integer("trains", "", "trains").withLetter('n').orElse("3").between(1, 100))
          .parameter(Parameter.duration("lead", "from handing over a train to its start").orElse("1s").between(0.01, 60))
          .parameter(Parameter.duration("wait", "from the start of a train to asking for what arrived").withLetter('w').orElse("2s")
              .between(0.01, 60))
          .parameter(Parameter.text("receiver", "address of this controller as the endpoint reaches it, where that is not its own"))
          .parameter(Parameter.integer("port", "", "UDP port of this controller; any unless given").withLetter('p').orElse("0")
              .between(0, 65_535))
          .parameter(Parameter.text("source", "address of the endpoint to send from, with a target").withLetter('S'))
          .column(Column.text("kind", "train or summary"))
          .column(Column.integer("train", "", "number of the train, from 1; summary: how many gave a number"))
          .column(Column.text("to", "where to"))
          .column(Column.integer("packets", "", "packets of the train"))
          .column(Column.integer("octets", "octets", "octets of a packet, from the IP header on"))
          .column(Column.integer("sent", "", "packets that left"))
          .column(Column.integer("received", "", "packets, or their answers, that arrived"))
          .column(Column.integer("lost", "", "packets that left and did not arrive"))
          .column(Column.integer("counted", "", "arrivals that count: all but the first tenth"))
          .column(Column.decimal("dispersion_us", "us", "from the first arrival that counts to the last"))
          .column(Column.decimal("mbit_s", "Mbit/s", "octets over time, of the median stretch of an eighth of those that count; summary: the median train"))
          .column(Column.decimal("error_mbit_s", "Mbit/s", "how far that may be off, at 95 %"))
          .column(Column.decimal("sent_mbit_s", "Mbit/s", "octets over the time in which they left; absent when they left at once"))
          .column(Column.text("limit", "path, or endpoint where they arrived as they left: then mbit_s is a lower bound for the path"))
          .column(Column.flag("undisturbed", "whether the train was handed over before it began"))
          .column(Column.integer("tx_ns", "ns", "when the train was due, on the endpoint's clock"))
          .column(Column.text("tx_clock", "how times of sending were taken: unknown, user, kernel or hardware"))
          .column(Column.text("rx_clock", "how times of arrival were taken; user for those of this controller"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    int packets = (int) arguments.integer("packets");
    int size = (int) arguments.integer("size");
    try (Way way = way(vantage, arguments)) {
      vantage.hold();
      List<Dispersion> found = new ArrayList<>();
      for (int train = 1; train <= arguments.integer("trains"); train++) {
        Train run = new Train(vantage, way, packets, size);
        run.run(arguments.duration("lead").toNanos(), arguments.duration("wait").toNanos(), (train - 1) * packets);
        Dispersion arrived = Dispersion.of(run.arrivals(), size, true);
        Results.Row row = results.row().set("kind", "train").set("train", train).set("to", way.to());
        row.set("packets", packets).set("octets", size).set("sent", run.sent()).set("received", run.received()).set("lost", run.sent() - run.received());
        row.set("undisturbed", run.undisturbed()).set("tx_ns", run.startNs());
        row.set("tx_clock", way.sendClock()).set("rx_clock", way.receiveClock());
        Dispersion left = Dispersion.of(run.departures(), size, false);
        row.set("sent_mbit_s", left == null ? null : left.overall(size));
        if (arrived != null) {
          found.add(arrived);
          row.set("counted", arrived.counted()).set("dispersion_us", arrived.ns() / 1e3).set("mbit_s", arrived.mbits());
          row.set("error_mbit_s", arrived.error());
          double margin = Math.max(arrived.error(), arrived.mbits() / 10);
          row.set("limit", left == null || left.overall(size) > arrived.mbits() + margin ? "path" : "endpoint");
        }
        row.emit();
      }
      vantage.release();
      summary(found, way, results);
    }
  }

  private static void summary(List<Dispersion> found, Way way, Results results) {
    Results.Row row = results.row().set("kind", "summary").set("train", found.size()).set("to", way.to());
    if (!found.isEmpty()) {
      double[] rates = found.stream().mapToDouble(Dispersion::mbits).sorted().toArray();
      double median = rates[rates.length / 2];
      double spread = Math.max(rates[rates.length - 1] - median, median - rates[0]);
      double error = found.stream().map(Dispersion::error).sorted(Comparator.naturalOrder()).toList().get(found.size() / 2);
      row.set("mbit_s", median).set("error_mbit_s", Math.max(error, spread));
      results.progress(String.format(Locale.ROOT, "%.3f Mbit/s, give or take %.3f", median, Math.max(error, spread)));
    }
    row.emit();
  }

  private static Way way(Vantage vantage, Arguments arguments) throws IOException, InterruptedException {
    if (arguments.has("target")) {
      Source source = Source.of(arguments.text("source"), 0);
      return new EchoWay(vantage, Targets.resolve(arguments.text("target"), source.version()), source.address());
    }
    String named = arguments.text("receiver");
    InetAddress here = named != null ? Targets.resolve(named, 0) : addressTowards(vantage.endpoint().address());
    if (here.isAnyLocalAddress()) {
      throw new IOException("no own address leads to the endpoint; name one that it reaches with --receiver");
    }
    return new ControllerWay(vantage, here, (int) arguments.integer("port"));
  }

  private static InetAddress addressTowards(InetSocketAddress endpoint) throws IOException {
    try (DatagramSocket probe = new DatagramSocket()) {
      // Sends nothing: asks the system for the source address of a route.
      probe.connect(endpoint.getPort() == 0 ? new InetSocketAddress(endpoint.getAddress(), 9) : endpoint);
      return probe.getLocalAddress();
    } catch (java.io.UncheckedIOException e) {
      throw new IOException("no route to " + AddressText.of(endpoint.getAddress()));
    }
  }
}
