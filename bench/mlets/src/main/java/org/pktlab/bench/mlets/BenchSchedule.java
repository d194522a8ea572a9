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

/** Schedules datagrams at regular times and tells how late they left. Round 0 is the warm-up, round 1 is measured. */
@Component
public final class BenchSchedule implements Mlet {
  private static final Duration TAG_WAIT = Duration.ofSeconds(20);
  private static final Declaration DECLARATION =
      Declaration.of("bench-schedule", "Sends datagrams at scheduled times and tells how late they left")
          .opens("udp")
          .parameter(Parameter.text("receiver", "ADDRESS:PORT where they go").byPlace().mandatory())
          .parameter(Parameter.integer("count", "", "sends that are measured").orElse("2000").between(1, 20_000))
          .parameter(Parameter.integer("warmup", "", "sends before that").orElse("1000").between(0, 20_000))
          .parameter(Parameter.duration("interval", "time between two").orElse("1ms").between(1e-6, 10))
          .parameter(Parameter.duration("lead", "time from now to the first").orElse("1s").between(0.01, 60))
          .parameter(Parameter.integer("sockets", "", "sockets that take turns").orElse("1").between(1, 250))
          .parameter(Parameter.flag("raw", "through a raw socket"))
          .parameter(Parameter.integer("size", "octets", "payload of a datagram").orElse("64").between(Marked.LENGTH, 1400))
          .column(Column.integer("count", "", "sends measured"))
          .column(Column.decimal("p50_us", "us", "median lateness by the endpoint's own account"))
          .column(Column.decimal("p90_us", "us", "90th percentile"))
          .column(Column.decimal("p99_us", "us", "99th percentile"))
          .column(Column.decimal("max_us", "us", "latest"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    InetSocketAddress to = Destination.of(arguments.text("receiver"));
    int warmup = (int) arguments.integer("warmup");
    int count = (int) arguments.integer("count");
    long interval = arguments.duration("interval").toNanos();
    ByteBuffer datagram = ByteBuffer.allocate((int) arguments.integer("size"));
    Sent[] sent = new Sent[warmup + count];
    Way[] ways = new Way[(int) arguments.integer("sockets")];
    try {
      for (int i = 0; i < ways.length; i++) {
        ways[i] = Way.open(vantage, to, arguments.flag("raw"));
      }
      long first = vantage.clock().nowNs() + arguments.duration("lead").toNanos();
      for (int i = 0; i < sent.length; i++) {
        long due = first + i * interval;
        sent[i] = ways[i % ways.length].sendAt(Marked.fill(datagram, i, i < warmup ? 0 : 1, due), due);
      }
      long[] late = new long[count];
      for (int i = 0; i < sent.length; i++) {
        long left = sent[i].awaitTimeNs(TAG_WAIT);
        if (i >= warmup) {
          late[i - warmup] = left - (first + i * interval);
        }
      }
      Results.Row row = results.row();
      new Distribution(late).into(row);
      row.emit();
    } catch (TimeoutException e) {
      throw new IOException("a scheduled send did not leave in time", e);
    } finally {
      for (Way way : ways) {
        if (way != null) {
          way.close();
        }
      }
    }
  }
}
