package org.pktlab.bench.mlets;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.CaptureFilters;

/** Captures UDP datagrams to a port and counts them, in rounds: a round ends when nothing comes for a while. One row for each round. */
@Component
public final class BenchCapture implements Mlet {
  private static final int UDP = 17;
  private static final int HEADERS = 28;
  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration QUIET = Duration.ofMillis(700);
  private static final Declaration DECLARATION =
      Declaration.of("bench-capture", "Captures datagrams to a port and counts them")
          .opens("raw")
          .parameter(Parameter.integer("port", "", "destination port of the datagrams").byPlace().mandatory().between(1, 65_535))
          .parameter(Parameter.integer("rounds", "", "rounds to count").orElse("1").between(1, 1_000))
          .parameter(Parameter.integer("buffer", "octets", "what the endpoint may hold for us").orElse("4194304").between(4096, 1 << 30))
          .parameter(Parameter.integer("pause", "us", "how long to rest after each packet, as a slow mlet does").orElse("0").between(0, 1_000_000))
          .parameter(Parameter.integer("warm-up", "", "rounds before, without rests, that are not told").orElse("0").between(0, 1_000))
          .column(Column.integer("round", "", "round, as the datagrams carry it"))
          .column(Column.integer("received", "", "datagrams that the mlet got"))
          .column(Column.integer("dropped", "", "datagrams that the endpoint says it dropped in this round"))
          .column(Column.decimal("rate", "1/s", "datagrams a second by their times of reception"))
          .column(Column.decimal("control_ms", "ms", "longest wait for the endpoint's clock, asked again and again meanwhile"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    int port = (int) arguments.integer("port");
    long pauseNs = arguments.integer("pause") * 1_000;
    try (RawSocket socket = vantage.raw(InetAddress.getByAddress(new byte[4]), (int) arguments.integer("buffer"))) {
      socket.capture(CaptureFilters.ports(4, UDP, port, port), RawSocket.FOREVER);
      long droppedBefore = 0;
      System.err.println("capturing");
      long warmUp = arguments.integer("warm-up");
      for (int i = 0; i < warmUp + arguments.integer("rounds"); i++) {
        ControlWaits control = new ControlWaits(vantage);
        long received = 0;
        long first = 0;
        long last = 0;
        int round = 0;
        try {
          for (Received packet = socket.receive(FIRST); ; packet = socket.receive(QUIET)) {
            if (received++ == 0) {
              first = packet.timeNs();
              round = packet.data().getInt(packet.data().position() + HEADERS + Integer.BYTES);
            }
            last = packet.timeNs();
            if (pauseNs > 0 && i >= warmUp) {
              LockSupport.parkNanos(pauseNs);
            }
          }
        } catch (TimeoutException e) {
          // the round is over
        }
        control.end();
        long dropped = socket.dropped();
        if (i >= warmUp) {
          results
              .row()
              .set("round", (long) round)
              .set("received", received)
              .set("dropped", dropped - droppedBefore)
              .set("control_ms", control.longestNs() / 1e6)
              .set("rate", received < 2 ? 0.0 : (received - 1) * 1e9 / (last - first))
              .emit();
        }
        droppedBefore = dropped;
      }
    }
  }
}
