package org.pktlab.mlet.traceroute;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
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
import org.pktlab.mlet.packet.IpPacket;

/** Traces all targets of one family over one socket, many at a time, at the rate allowed. For one thread. */
final class TraceRun {
  /** Probes are handed over so long before their time: the endpoint spaces them, and no pause on the way there or here costs a slot. */
  private static final long AHEAD_NS = 300_000_000L;

  /** Missed slots are made up for one by so many, and no more than these. */
  private static final int HURRY = 5;

  private static final long MOST_BEHIND_NS = 2_000_000_000L;

  /** What the way from the endpoint to here may add before an answer is taken for missing. */
  private static final long SLACK_NS = 10_000_000L;

  /** How long to wait for the time at which an answered probe left: it is on its way. */
  private static final long PATIENCE_NS = 100_000_000L;

  /** Answers that are taken between two looks at what is overdue. */
  private static final int MOST_IN_A_ROW = 512;

  private static final long STUCK_NS = 30_000_000_000L;
  private static final long LONGEST_WAIT_NS = 200_000_000L;
  private static final long PROGRESS_EVERY_NS = 500_000_000L;

  private final Vantage vantage;
  private final RawSocket socket;
  private final TraceSettings settings;
  private final Results results;
  private final Probes probes;
  private final List<InetAddress> targets;
  private final Iterator<InetAddress> waiting;
  private final Map<InetAddress, Trace> active = new HashMap<>();
  private final ArrayDeque<Trace> ready = new ArrayDeque<>();
  private final PriorityQueue<Probe> timers = new PriorityQueue<>(Comparator.comparingLong((Probe p) -> p.lookNs));
  private final long gapNs;
  private long offsetNs;
  private long roundTripNs;
  private long aheadNs;
  private long slotNs;
  private long behindNs;
  private int done;
  private TimeSource sendClock;
  private TimeSource receiveClock;
  private long progressNs;

  TraceRun(Vantage vantage, RawSocket socket, TraceSettings settings, Results results, Probes probes, List<InetAddress> targets) {
    this.vantage = vantage;
    this.socket = socket;
    this.settings = settings;
    this.results = results;
    this.probes = probes;
    this.targets = targets;
    this.waiting = targets.iterator();
    this.gapNs = Math.max(1, Math.round(1e9 / settings.rate()));
  }

  void run() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long theirs = vantage.clock().nowNs();
    roundTripNs = System.nanoTime() - begin;
    offsetNs = theirs - (begin + roundTripNs / 2);
    aheadNs = AHEAD_NS + roundTripNs;
    slotNs = now();
    admit();
    while (!active.isEmpty()) {
      sendReady();
      receive();
      look();
    }
  }

  private long now() {
    return System.nanoTime() + offsetNs;
  }

  private void admit() {
    while (active.size() < settings.window() && waiting.hasNext()) {
      Trace trace = new Trace(settings, waiting.next());
      active.put(trace.target(), trace);
      ready.add(trace);
    }
  }

  private void sendReady() throws IOException, InterruptedException {
    while (!ready.isEmpty() && slotNs <= now() + aheadNs) {
      Trace trace = ready.poll();
      long now = now();
      long due = Math.max(slotNs, now);
      slotNs = due + nextGapNs(due - slotNs);
      byte[] packet = probes.probe(trace.target(), trace.hop(), trace.nextNumber());
      Sent sent = send(packet, due > now ? due : 0);
      Probe probe = new Probe(trace, trace.nextNumber(), trace.hop(), trace.attempt(), packet.length, due, sent);
      probe.lookNs = due + settings.waitNs() + SLACK_NS + 2 * roundTripNs;
      trace.sent(probe);
      timers.add(probe);
    }
  }

  /** The time to the next probe: a little less than the rate says while slots are made up for that were missed. */
  private long nextGapNs(long missedNs) {
    behindNs = Math.min(MOST_BEHIND_NS, behindNs + missedNs);
    long hurry = Math.min(behindNs, gapNs / HURRY);
    behindNs -= hurry;
    return gapNs - hurry;
  }

  private Sent send(byte[] packet, long dueNs) throws IOException, InterruptedException {
    try {
      return socket.sendAt(ByteBuffer.wrap(packet), dueNs);
    } catch (RefusedException e) {
      // Of an earlier probe, which was refused meanwhile and whose own outcome says so.
      return socket.sendAt(ByteBuffer.wrap(packet), dueNs);
    }
  }

  /** Gives up on probes that were not answered in time. */
  private void look() throws IOException, InterruptedException {
    while (!timers.isEmpty() && (timers.peek().over || timers.peek().lookNs <= now())) {
      Probe probe = timers.poll();
      if (probe.over) {
        continue;
      }
      try {
        long latest = sentNs(probe, Duration.ZERO) + settings.waitNs() + SLACK_NS;
        if (latest > now()) {
          again(probe, latest);
          continue;
        }
        probe.over = true;
        probe.trace.onSilence();
        write(probe, row(probe, "timeout"));
      } catch (TimeoutException e) {
        if (now() < probe.dueNs + settings.waitNs() + STUCK_NS) {
          again(probe, now() + PATIENCE_NS);
        } else {
          unsent(probe, "the endpoint does not say that it left");
        }
      } catch (NotSentException | RefusedException e) {
        unsent(probe, e.getMessage());
      }
    }
  }

  private void again(Probe probe, long lookNs) {
    probe.lookNs = lookNs;
    timers.add(probe);
  }

  private void unsent(Probe probe, String why) {
    probe.over = true;
    probe.trace.onUnsent();
    write(probe, row(probe, "unsent: " + why));
  }

  private static long sentNs(Probe probe, Duration patience) throws IOException, InterruptedException, TimeoutException {
    if (probe.sentNs == 0) {
      probe.sentNs = probe.sent.awaitTimeNs(patience);
      probe.sent = null;
    }
    return probe.sentNs;
  }

  private void receive() throws IOException, InterruptedException {
    long until = timers.isEmpty() ? Long.MAX_VALUE : timers.peek().lookNs;
    if (!ready.isEmpty()) {
      until = Math.min(until, slotNs - aheadNs);
    }
    try {
      take(socket.receive(Duration.ofNanos(Math.min(LONGEST_WAIT_NS, Math.max(0, until - now())))));
      // What waits here already came in time, however late we are: it goes before the look at what is overdue.
      for (int i = 1; i < MOST_IN_A_ROW; i++) {
        take(socket.receive(Duration.ZERO));
      }
    } catch (TimeoutException e) {
      // Nothing more; what is due is looked at next.
    }
  }

  private void take(Received received) throws IOException, InterruptedException {
    IpPacket packet = IpPacket.of(received.data());
    Answer answer = packet == null ? null : probes.answer(packet);
    Trace trace = answer == null ? null : active.get(answer.target());
    if (trace == null) {
      return;
    }
    Probe probe = trace.answered(answer);
    Probe late = probe == null ? trace.late(answer) : null;
    if (probe != null && known(probe)) {
      probe.over = true;
      probe.answered = true;
      trace.onAnswer(answer);
      write(probe, row(probe, answer, received.timeNs()));
    } else if (late != null) {
      late.answered = true;
      trace.onLate(late, answer);
      add(trace, row(late, answer, received.timeNs()));
    }
  }

  /** Whether it is known when it left: an answer to what has not left is none of ours. */
  private static boolean known(Probe probe) throws IOException, InterruptedException {
    try {
      return sentNs(probe, Duration.ofNanos(PATIENCE_NS)) != 0;
    } catch (TimeoutException | NotSentException | RefusedException e) {
      return false;
    }
  }

  private Results.Row row(Probe probe, Answer answer, long timeNs) throws IOException, InterruptedException {
    sendClock = socket.sendTimeSource();
    receiveClock = socket.receiveTimeSource();
    IpPacket packet = answer.packet();
    Results.Row row = row(probe, answer.what()).set("from", AddressText.of(packet.source()));
    row.set("rtt_ms", (timeNs - probe.sentNs) / 1e6);
    row.set("reply_ttl", packet.hopLimit()).set("reply_size", packet.declaredLength()).set("reply_tos", packet.trafficClass());
    if (packet.protocol() == settings.method().protocol(packet.version()) && !settings.method().isEcho()) {
      row.set("tcp_flags", settings.method() == Method.TCP ? packet.u8(13) : null);
    } else {
      row.set("icmp_type", packet.u8(0)).set("icmp_code", packet.u8(1));
    }
    if (answer.quoted() != null) {
      row.set("quoted_ttl", answer.quoted().hopLimit());
    }
    return row.set("rx_ns", timeNs).set("tx_clock", sendClock).set("rx_clock", receiveClock);
  }

  private Results.Row row(Probe probe, String what) {
    Results.Row row = results.row().set("target", AddressText.of(probe.trace.target())).set("hop", probe.hop).set("attempt", probe.attempt);
    row.set("reply", what).set("method", settings.method().word()).set("source", AddressText.of(socket.localAddress()));
    row.set("sport", settings.localPort()).set("probe_size", probe.size).set("tx_ns", probe.sentNs == 0 ? null : probe.sentNs);
    int port = settings.method() == Method.UDP ? settings.remotePort() + probe.number - 1 : settings.remotePort();
    return row.set("dport", settings.method() == Method.ICMP ? null : port);
  }

  /** Writes a row, at once for a single target, else together with the others of its trace; then the trace goes on or ends. */
  private void write(Probe probe, Results.Row row) {
    Trace trace = probe.trace;
    row.set("stop", trace.stop());
    add(trace, row);
    if (trace.stop() == null) {
      ready.add(trace);
      return;
    }
    active.remove(trace.target());
    done++;
    long now = System.nanoTime();
    if (targets.size() > 1 && (now - progressNs > PROGRESS_EVERY_NS || done == targets.size())) {
      progressNs = now;
      results.progress(done + " of " + targets.size() + " targets");
    }
    admit();
  }

  private void add(Trace trace, Results.Row row) {
    trace.rows().add(row);
    if (trace.stop() != null || targets.size() == 1) {
      trace.rows().forEach(Results.Row::emit);
      trace.rows().clear();
    }
  }
}
