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

/** Sends datagrams one after the other as fast as the session takes them. Round 0 is the warm-up, round 1 is measured by the receiver. */
@Component
public final class BenchSend implements Mlet {
  private static final Duration TAG_WAIT = Duration.ofSeconds(20);
  private static final Declaration DECLARATION =
      Declaration.of("bench-send", "Sends datagrams as fast as the session takes them")
          .opens("udp")
          .parameter(Parameter.text("receiver", "ADDRESS:PORT where they go").byPlace().mandatory())
          .parameter(Parameter.integer("count", "", "datagrams that are measured").orElse("300000").between(1, 2_000_000))
          .parameter(Parameter.integer("warmup", "", "datagrams before that").orElse("300000").between(0, 2_000_000))
          .parameter(Parameter.flag("raw", "through a raw socket"))
          .parameter(Parameter.integer("size", "octets", "payload of a datagram").orElse("64").between(Marked.LENGTH, 1400))
          .column(Column.integer("count", "", "datagrams sent"))
          .column(Column.decimal("rate", "1/s", "datagrams a second as the mlet sees it, until the last has left"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    InetSocketAddress to = Destination.of(arguments.text("receiver"));
    try (Way way = Way.open(vantage, to, arguments.flag("raw"))) {
      send(way, arguments, 0, (int) arguments.integer("warmup"));
      int count = (int) arguments.integer("count");
      long begin = System.nanoTime();
      send(way, arguments, 1, count);
      double seconds = (System.nanoTime() - begin) / 1e9;
      results.row().set("count", (long) count).set("rate", count / seconds).emit();
    } catch (TimeoutException e) {
      throw new IOException("a send did not leave in time", e);
    }
  }

  private static void send(Way way, Arguments arguments, int round, int count) throws IOException, InterruptedException, TimeoutException {
    ByteBuffer datagram = ByteBuffer.allocate((int) arguments.integer("size"));
    Sent last = null;
    for (int i = 0; i < count; i++) {
      last = way.sendAt(Marked.fill(datagram, i, round, 0), 0);
    }
    if (last != null) {
      last.awaitTimeNs(TAG_WAIT);
    }
  }
}
