package org.pktlab.mlet.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.TimeSource;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.AddressText;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.packet.IpPacket;
import org.pktlab.program.EbpfProgram;

/** One capture over one socket. For one thread. */
final class CaptureRun {
  /** What comes later than this after the end is not waited for. */
  private static final long SLACK_NS = 200_000_000L;

  private static final long PROGRESS_EVERY_NS = 500_000_000L;
  private static final HexFormat HEX = HexFormat.of();

  private final Vantage vantage;
  private final RawSocket socket;
  private final Results results;
  private final long most;
  private long count;
  private TimeSource clock;
  private long progressNs;

  CaptureRun(Vantage vantage, RawSocket socket, Results results, long most) {
    this.vantage = vantage;
    this.socket = socket;
    this.results = results;
    this.most = most;
  }

  void run(EbpfProgram filter, boolean consume, long lengthNs) throws IOException, InterruptedException {
    long now = vantage.clock().nowNs();
    long begin = System.nanoTime();
    if (consume) {
      socket.consume(filter, now + lengthNs);
    } else {
      socket.capture(filter, now + lengthNs);
    }
    long end = begin + lengthNs + SLACK_NS;
    while (count < most) {
      try {
        long left = end - System.nanoTime();
        if (left <= 0) {
          drain();
          break;
        }
        write(socket.receive(Duration.ofNanos(Math.min(left, PROGRESS_EVERY_NS))));
      } catch (TimeoutException e) {
        progress();
      }
    }
    socket.stopCapture();
    long dropped = socket.dropped();
    results.row().set("time_ns", vantage.clock().nowNs()).set("dropped", dropped).emit();
    results.progress(count + " packets, " + dropped + " dropped");
  }

  /** What has come already is written, however long that takes. */
  private void drain() throws IOException, InterruptedException {
    try {
      while (count < most) {
        write(socket.receive(Duration.ZERO));
      }
    } catch (TimeoutException e) {
      // Nothing is left.
      return;
    }
  }

  private void progress() {
    long now = System.nanoTime();
    if (now - progressNs >= PROGRESS_EVERY_NS) {
      progressNs = now;
      results.progress(count + " packets");
    }
  }

  private void write(Received received) throws IOException, InterruptedException {
    count++;
    if (clock == null) {
      clock = socket.receiveTimeSource();
    }
    ByteBuffer data = received.data();
    int from = data.arrayOffset() + data.position();
    Results.Row row = results.row().set("time_ns", received.timeNs()).set("captured", data.remaining()).set("rx_clock", clock);
    row.set("octets", HEX.formatHex(data.array(), from, from + data.remaining()));
    IpPacket packet = IpPacket.of(data);
    if (packet != null) {
      row.set("length", packet.declaredLength()).set("protocol", packet.protocol()).set("ttl", packet.hopLimit());
      row.set("from", AddressText.of(packet.source())).set("to", AddressText.of(packet.destination()));
      boolean ports = packet.protocol() == IpHeader.TCP || packet.protocol() == IpHeader.UDP;
      if (ports && packet.transportLength() >= 4) {
        row.set("sport", packet.u16(0)).set("dport", packet.u16(2));
      }
    }
    row.emit();
    progress();
  }
}
