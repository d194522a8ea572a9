package org.pktlab.bench.mlets;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Component;
import org.pktlab.mlet.Arguments;
import org.pktlab.mlet.Column;
import org.pktlab.mlet.Declaration;
import org.pktlab.mlet.Mlet;
import org.pktlab.mlet.Parameter;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.mlet.Vantage;

/** Receives from a TCP server that sends without end, through the endpoint, and counts what arrives here. */
@Component
public final class BenchDownload implements Mlet {
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final double MEGA = 1e6;
  private static final Declaration DECLARATION =
      Declaration.of("bench-download", "Measures how fast a TCP stream comes through the endpoint")
          .opens("tcp")
          .parameter(Parameter.text("server", "ADDRESS:PORT of a server that sends without end").byPlace().mandatory())
          .parameter(Parameter.duration("time", "how long it is measured").orElse("5s").between(0.1, 600))
          .parameter(Parameter.duration("warmup", "how long it runs before").orElse("3s").between(0, 600))
          .parameter(Parameter.integer("buffer", "octets", "receive buffer at the endpoint").orElse("1048576").between(1, 1 << 30))
          .column(Column.integer("octets", "octets", "octets received"))
          .column(Column.decimal("seconds", "s", "in this time"))
          .column(Column.decimal("mb_s", "MB/s", "rate, in 10^6 octets a second"))
          .build();

  @Override
  public Declaration declaration() {
    return DECLARATION;
  }

  @Override
  public void run(Vantage vantage, Arguments arguments, Results results) throws IOException, InterruptedException {
    SocketOptions options = SocketOptions.DEFAULT.withReceiveBuffer((int) arguments.integer("buffer"));
    try (TcpSocket socket = vantage.connect(Destination.of(arguments.text("server")), options)) {
      receive(socket, arguments.duration("warmup"));
      long begin = System.nanoTime();
      long octets = receive(socket, arguments.duration("time"));
      double seconds = (System.nanoTime() - begin) / 1e9;
      results.row().set("octets", octets).set("seconds", seconds).set("mb_s", octets / seconds / MEGA).emit();
    } catch (TimeoutException e) {
      throw new IOException("the server sends nothing", e);
    }
  }

  private static long receive(TcpSocket socket, Duration time) throws IOException, InterruptedException, TimeoutException {
    long begin = System.nanoTime();
    long most = time.toNanos();
    long octets = 0;
    while (System.nanoTime() - begin < most) {
      Received received = socket.receive(SILENCE);
      if (received == null) {
        throw new IOException("the server ended the connection");
      }
      octets += received.data().remaining();
    }
    return octets;
  }
}
