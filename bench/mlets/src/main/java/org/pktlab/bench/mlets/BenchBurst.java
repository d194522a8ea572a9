package org.pktlab.bench.mlets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.Vantage;

/** Queues many datagrams for one and the same time, and tells how fast they left. One row for each round. */
@Component
public final class BenchBurst implements Mlet {
  private static final Duration TAG_WAIT = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 4;

  /** Long enough for the C package's limit of octets in 10 s. */
  private static final long PAUSE_MS = 800;
  private static final Declaration DECLARATION =
      Declaration.of("bench-burst", "Sends many datagrams that are all due at once and tells how fast they left")
          .opens("udp")
          .parameter(Parameter.text("receiver", "ADDRESS:PORT where they go").byPlace().mandatory())
          .parameter(Parameter.integer("count", "", "datagrams of a burst").orElse("20000").between(2, 30_000))
          .parameter(Parameter.integer("rounds", "", "bursts").orElse("4").between(1, 100))
          .parameter(Parameter.duration("lead", "time from now to a burst; doubled when they were not all queued by then").orElse("1s").between(0.01, 60))
          .parameter(Parameter.flag("raw", "through a raw socket"))
          .parameter(Parameter.integer("size", "octets", "payload of a datagram").orElse("64").between(Marked.LENGTH, 1400))
          .column(Column.integer("round", "", "round, as the datagrams carry it"))
          .column(Column.flag("queued", "whether all were queued at the endpoint when they were due"))
          .column(Column.decimal("rate", "1/s", "datagrams a second by the endpoint's own account"))
          .column(Column.decimal("first_us", "us", "lateness of the first by that account"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    InetSocketAddress to = Destination.of(arguments.text("receiver"));
    long lead = arguments.duration("lead").toNanos();
    int round = 0;
    try (Way way = Way.open(vantage, to, arguments.flag("raw"))) {
      for (int i = 0; i < arguments.integer("rounds"); i++) {
        for (int attempt = 0; attempt < ATTEMPTS && !burst(vantage, way, arguments, lead, round++, results); attempt++) {
          lead *= 2;
        }
        Thread.sleep(PAUSE_MS);
      }
    } catch (TimeoutException e) {
      throw new IOException("a scheduled send did not leave in time", e);
    }
  }

  /** One burst; returns whether all of it was queued in time. */
  private static boolean burst(Vantage vantage, Way way, Arguments arguments, long lead, int round, Results results)
      throws IOException, InterruptedException, TimeoutException {
    ByteBuffer datagram = ByteBuffer.allocate((int) arguments.integer("size"));
    Sent[] sent = new Sent[(int) arguments.integer("count")];
    long due = vantage.clock().nowNs() + lead;
    for (int i = 0; i < sent.length; i++) {
      sent[i] = way.sendAt(Marked.fill(datagram, i, round, due), due);
    }
    // Requests are served in order: what the clock says now, it said behind the last send.
    boolean queued = vantage.clock().nowNs() < due;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (Sent each : sent) {
      long left = each.awaitTimeNs(TAG_WAIT);
      first = Math.min(first, left);
      last = Math.max(last, left);
    }
    double seconds = Math.max(1, last - first) / 1e9;
    results
        .row()
        .set("round", (long) round)
        .set("queued", queued)
        .set("rate", (sent.length - 1) / seconds)
        .set("first_us", (first - due) / 1e3)
        .emit();
    return queued;
  }
}
