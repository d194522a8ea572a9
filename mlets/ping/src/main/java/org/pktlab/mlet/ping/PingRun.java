package org.pktlab.mlet.ping;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.pktlab.mlet.NotSentException;
import org.pktlab.mlet.RawSocket;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.RefusedException;
import org.pktlab.mlet.Results;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.TimeSource;
import org.pktlab.mlet.Vantage;
import org.pktlab.mlet.packet.AddressText;
import org.pktlab.mlet.packet.Icmp;
import org.pktlab.mlet.packet.IpHeader;
import org.pktlab.mlet.packet.IpPacket;

/** One run of echo requests over one socket. For one thread. */
final class PingRun {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Requests are handed over so long before their time. */
  private static final long AHEAD_NS = 500_000_000L;

  /** What the way from the endpoint to here may add before a reply is taken for missing. */
  private static final long SLACK_NS = 200_000_000L;

  /** Longest that a request may be overdue at the endpoint. */
  private static final long STUCK_NS = 30_000_000_000L;

  private static final long LOOK_EVERY_NS = 1_000_000_000L;
  private static final int SEQUENCES = 0x10000;
  private static final int MOST_OPEN = 30_000;
  private static final int MOST_IN_A_ROW = 512;
  private static final int MARK = 8;

  /** One request; {@code sentNs} is 0 until it is known. */
  private static final class Request {
    private final int number;
    private final long dueNs;
    private final Sent sent;
    private long sentNs;
    private boolean over;
    private boolean timedOut;
    private boolean answered;

    Request(int number, long dueNs, Sent sent) {
      this.number = number;
      this.dueNs = dueNs;
      this.sent = sent;
    }
  }

  private final Vantage vantage;
  private final RawSocket socket;
  private final PingSettings settings;
  private final Results results;
  private final IpHeader header;
  private final byte[] mark = new byte[MARK];
  private final RoundTrips roundTrips = new RoundTrips();

  /** By sequence number, so that at most so many are remembered. */
  private final Request[] requests;

  private long offsetNs;
  private long firstDueNs;
  private int next = 1;
  private int oldest = 1;
  private long sentCount;
  private long received;
  private long duplicates;
  private long errors;
  private TimeSource sendClock;
  private TimeSource receiveClock;

  PingRun(Vantage vantage, RawSocket socket, PingSettings settings, Results results) {
    this.vantage = vantage;
    this.socket = socket;
    this.settings = settings;
    this.results = results;
    this.header = new IpHeader(socket.localAddress(), settings.target(), Icmp.protocol(settings.version()), settings.ttl(), settings.tos(), 0,
        settings.dontFragment());
    this.requests = new Request[Math.min(SEQUENCES, settings.count() + 1)];
    RANDOM.nextBytes(mark);
  }

  void run() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long theirs = vantage.clock().nowNs();
    long end = System.nanoTime();
    offsetNs = theirs - (begin + (end - begin) / 2);
    // The first one leaves when its request has safely arrived, so that the intervals are exact from the start.
    firstDueNs = theirs + Math.max(20_000_000L, 3 * (end - begin));
    long stop = settings.deadlineNs() == Long.MAX_VALUE ? Long.MAX_VALUE : firstDueNs + settings.deadlineNs();
    try {
      while (oldest <= settings.count() && received < settings.replyCount() && now() < stop) {
        sendDue(stop);
        expire();
        if (oldest <= settings.count()) {
          receive(Math.min(wakeNs(), stop));
        }
      }
      countUnanswered();
    } finally {
      summary();
    }
  }

  private long now() {
    return System.nanoTime() + offsetNs;
  }

  private long due(int number) {
    return firstDueNs + (number - 1) * settings.intervalNs();
  }

  private boolean maySend() {
    return next <= settings.count() && next - oldest < Math.min(MOST_OPEN, requests.length);
  }

  private void sendDue(long stop) throws IOException, InterruptedException {
    while (maySend() && due(next) <= now() + AHEAD_NS && due(next) < stop) {
      byte[] payload = settings.payload().clone();
      System.arraycopy(mark, 0, payload, 0, Math.min(MARK, payload.length));
      int sequence = next % SEQUENCES;
      byte[] packet = Icmp.echoRequest(header, settings.identifier(), sequence, payload);
      requests[sequence % requests.length] = new Request(next, due(next), socket.sendAt(ByteBuffer.wrap(packet), due(next)));
      next++;
    }
  }

  /** When there is something to do again, on the endpoint's clock. */
  private long wakeNs() {
    long wake = maySend() ? due(next) - AHEAD_NS : Long.MAX_VALUE;
    if (oldest < next) {
      Request request = at(oldest);
      long left = request.sentNs != 0 ? request.sentNs : request.dueNs;
      wake = Math.min(wake, left + settings.timeoutNs() + SLACK_NS);
    }
    return wake;
  }

  private Request at(int number) {
    return requests[number % SEQUENCES % requests.length];
  }

  /** Gives up on what was not answered in time, oldest first. */
  private void expire() throws IOException, InterruptedException {
    while (oldest < next) {
      Request request = at(oldest);
      if (!request.over && !expired(request)) {
        return;
      }
      oldest++;
    }
  }

  private boolean expired(Request request) throws IOException, InterruptedException {
    if (now() < request.dueNs + settings.timeoutNs() + SLACK_NS) {
      return false;
    }
    try {
      long left = sentNs(request, Duration.ZERO);
      if (now() < left + settings.timeoutNs() + SLACK_NS) {
        return false;
      }
      over(request, "timeout", null);
    } catch (TimeoutException e) {
      if (now() < request.dueNs + settings.timeoutNs() + STUCK_NS) {
        return false;
      }
      over(request, "unsent", "the endpoint does not say that it left");
    } catch (NotSentException | RefusedException e) {
      over(request, "unsent", e.getMessage());
    }
    return true;
  }

  private void over(Request request, String kind, String why) {
    request.over = true;
    request.timedOut = true;
    if (!settings.quiet()) {
      Results.Row row = results.row().set("kind", kind).set("seq", request.number).set("icmp", why);
      row.set("tx_ns", request.sentNs == 0 ? null : request.sentNs).emit();
    }
  }

  /** What has left when the run stops early is counted too. */
  private void countUnanswered() throws IOException, InterruptedException {
    for (int number = oldest; number < next; number++) {
      try {
        sentNs(at(number), Duration.ZERO);
      } catch (TimeoutException | NotSentException | RefusedException e) {
        continue;
      }
    }
  }

  /** When it left; counts it the first time. */
  private long sentNs(Request request, Duration patience) throws IOException, InterruptedException, TimeoutException {
    if (request.sentNs == 0) {
      request.sentNs = request.sent.awaitTimeNs(patience);
      sentCount++;
    }
    return request.sentNs;
  }

  private void receive(long untilNs) throws IOException, InterruptedException {
    long left = untilNs == Long.MAX_VALUE ? LOOK_EVERY_NS : untilNs - now();
    try {
      // A request that the endpoint keeps back would otherwise make us look without pause.
      take(socket.receive(Duration.ofNanos(Math.min(LOOK_EVERY_NS, Math.max(1_000_000L, left)))));
      // What waits here already came in time, however late we are: it goes before the look at what is overdue.
      for (int i = 1; i < MOST_IN_A_ROW && received < settings.replyCount(); i++) {
        take(socket.receive(Duration.ZERO));
      }
    } catch (TimeoutException e) {
      // Nothing came; what is due is looked at next.
    }
  }

  private void take(Received received) throws IOException, InterruptedException {
    IpPacket packet = IpPacket.of(received.data());
    if (packet != null && packet.version() == settings.version()) {
      received(packet, received.timeNs());
    }
  }

  private void received(IpPacket packet, long timeNs) throws IOException, InterruptedException {
    IpPacket request = packet;
    boolean error = packet.isIcmpError();
    if (error) {
      request = packet.quoted();
      if (request == null || request.protocol() != header.protocol() || request.transportLength() < Icmp.ECHO_HEADER
          || !request.destination().equals(settings.target())) {
        return;
      }
    } else if (!Icmp.isEchoReply(packet) || !carriesMark(packet)) {
      return;
    }
    if (request.u16(4) != settings.identifier() || !packet.hasPlausibleChecksum()) {
      return;
    }
    Request known = requests[request.u16(6) % requests.length];
    if (known != null && known.number % SEQUENCES == request.u16(6)) {
      try {
        answered(known, packet, error, timeNs, sentNs(known, Duration.ofNanos(SLACK_NS)));
      } catch (TimeoutException | NotSentException | RefusedException e) {
        // An answer to what has not left is none of ours.
        return;
      }
    }
  }

  private boolean carriesMark(IpPacket packet) {
    int there = Math.min(MARK, Math.min(settings.payload().length, packet.transportLength() - Icmp.ECHO_HEADER));
    for (int i = 0; i < there; i++) {
      if (packet.u8(Icmp.ECHO_HEADER + i) != (mark[i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  private void answered(Request request, IpPacket packet, boolean error, long timeNs, long leftNs) throws IOException, InterruptedException {
    String kind;
    if (error) {
      kind = "error";
      errors++;
    } else if (request.answered) {
      kind = "duplicate";
      duplicates++;
    } else if (request.timedOut || timeNs - leftNs > settings.timeoutNs()) {
      kind = "late";
    } else {
      kind = "reply";
      received++;
      request.answered = true;
      roundTrips.add((timeNs - leftNs) / 1e6);
    }
    request.over |= error ? !isAdvice(packet) : !kind.equals("late");
    sendClock = socket.sendTimeSource();
    receiveClock = socket.receiveTimeSource();
    if (settings.quiet()) {
      return;
    }
    int version = packet.version();
    Results.Row row = results.row().set("kind", kind).set("seq", request.number).set("from", text(packet.source()));
    row.set("size", packet.transportLength()).set("ttl", packet.hopLimit()).set("rtt_ms", (timeNs - leftNs) / 1e6);
    row.set("icmp", error ? Icmp.name(version, packet.u8(0), packet.u8(1)) : null);
    row.set("icmp_type", packet.u8(0)).set("icmp_code", packet.u8(1)).set("tx_ns", leftNs).set("rx_ns", timeNs);
    row.set("tx_clock", sendClock).set("rx_clock", receiveClock).emit();
  }

  /** Whether the request goes on all the same: source quench and redirect. */
  private static boolean isAdvice(IpPacket error) {
    return error.version() == 4 && (error.u8(0) == 4 || error.u8(0) == 5);
  }

  private static String text(InetAddress address) {
    return AddressText.of(address);
  }

  private void summary() {
    RoundTrips.Figures figures = roundTrips.figures();
    double loss = sentCount == 0 ? Double.NaN : 100.0 * (sentCount - Math.min(received, sentCount)) / sentCount;
    Results.Row row = results.row().set("kind", "summary").set("from", text(settings.target()));
    row.set("tx_clock", sendClock).set("rx_clock", receiveClock);
    row.set("sent", sentCount).set("received", received).set("duplicates", duplicates).set("errors", errors);
    row.set("loss_pct", sentCount == 0 ? null : loss);
    if (figures != null) {
      row.set("min_ms", figures.min()).set("avg_ms", figures.mean()).set("median_ms", figures.median()).set("p95_ms", figures.p95());
      row.set("max_ms", figures.max()).set("stddev_ms", figures.deviation());
    }
    row.emit();
    results.progress(
        figures == null
            ? sentCount + " sent, none answered"
            : String.format(Locale.ROOT, "%d sent, %d received, %.1f%% loss, rtt min/avg/median/max = %.3f/%.3f/%.3f/%.3f ms", sentCount,
                received, loss, figures.min(), figures.mean(), figures.median(), figures.max()));
  }
}
