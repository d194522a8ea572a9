package org.pktlab.endpoint.core;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.protocol.Cdata;
import org.pktlab.protocol.Frame;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.YieldFlyweight;
import org.pktlab.role.Printable;
import org.pktlab.schedule.Alarm;
import org.pktlab.transport.SocketFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One experiment session at the endpoint: phases, requests, sockets (protocol specification, sections 3 to 7 and 9 to 11). All of its state is owned by the loop of
 * its link; nothing blocks. Each request gets exactly one response, in order; a notification that a request causes follows its response.
 */
final class Session implements LinkHandler, SocketOwner {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final int SLOTS = 256;
  private static final long FOREVER = -1;

  /** Sockets served before the loop gets a chance to serve what else has arrived. */
  private static final int PUMPS_PER_TURN = 1024;

  /** Sends of one turn that are accepted before they are tried: those that leave together cost less. */
  private static final int SENDS_TOGETHER = 64;

  private enum Phase {
    SETUP,
    RUNNING,
    ENDED
  }

  private final SessionHost host;
  private final Link link;
  private final List<ProgramDigest> requiredMonitors;
  private final SessionEnd end;
  private final String peer;
  private final SocketSlot[] slots = new SocketSlot[SLOTS];
  private final SessionCounters counters = new SessionCounters();
  private final SendTimes sendTimes = new SendTimes();
  private final NotificationFrames frames = new NotificationFrames();
  private final SendRate rate;
  private final Alarm alarm;
  private final Answers answers;
  private final Requests requests;
  private final YieldFlyweight yield = new YieldFlyweight();
  private final ClockDeadline endTimer;
  private ScheduledFuture<?> setupTimer;
  private Phase phase = Phase.SETUP;
  private long alarmAtNs = FOREVER;
  private final DueSlots due = new DueSlots();
  private long order;
  private int untried;
  private boolean awaitingRoom;
  private long undelivered;
  private SessionEnd.Outcome outcome = SessionEnd.Outcome.FINISHED;
  private long resumeAtNs = FOREVER;
  private String why = "the controller ended it";

  /**
   * Begins the set-up phase. On the loop of the link.
   *
   * @param requiredMonitors digests that the controller's certificates demand; {@code start} is refused while there are any
   * @param endTimeNs when the session ends at the latest, unsigned; -1 for never
   * @param end told how it ended
   */
  Session(SessionHost host, Link link, List<ProgramDigest> requiredMonitors, long endTimeNs, SessionEnd end) {
    this.host = host;
    this.link = link;
    this.requiredMonitors = requiredMonitors;
    this.end = end;
    this.peer = String.valueOf(link.remoteAddress());
    SessionHost.RateLimit limit = host.sendRate();
    this.rate = limit == null ? null : new SendRate(limit.octets(), limit.windowNs());
    this.answers = new Answers(link);
    this.requests =
        new Requests(
            host,
            link,
            this,
            slots,
            new SessionMemory(
                host.mayConsume() ? MemoryMap.EXTENSION_CONSUME : 0,
                host.exported(),
                host.facts(),
                host.buffer(),
                host.epochNs(),
                host.transports()::bits,
                sktid -> slots[sktid],
                sendTimes),
            answers);
    this.alarm = host.timer().get().alarm(link.loop(), host.epochNs(), this::pumpAll);
    this.setupTimer =
        link.loop()
            .schedule(
                () -> end("set-up took longer than " + TimeUnit.NANOSECONDS.toMillis(host.setupNs()) + " ms", false), host.setupNs(), TimeUnit.NANOSECONDS);
    this.endTimer =
        endTimeNs == FOREVER
            ? null
            : new ClockDeadline(link.loop(), host.epochNs(), endTimeNs, () -> end("the certificates of the controller have expired", false));
  }

  String state() {
    return phase.name();
  }

  String peer() {
    return peer;
  }

  int openSockets() {
    int open = 0;
    for (SocketSlot slot : slots) {
      open += slot == null ? 0 : 1;
    }
    return open;
  }

  // ------------------------------------------------------------------------------------------------ frames

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    if (phase == Phase.ENDED) {
      return;
    }
    counters.requests++;
    int type = Frame.type(buffer, offset);
    try {
      if (phase == Phase.RUNNING) {
        running(type, buffer, offset, length);
      } else {
        setup(type, buffer, offset, length);
      }
    } catch (ProtocolException e) {
      refuse(MessageType.name(type), e.getMessage());
      answers.result(StatusCode.ECTLBADMSG);
      end("malformed " + MessageType.name(type) + ": " + e.getMessage(), true);
      return;
    }
    if (!link.writable()) {
      link.pauseReading(); // the controller does not take our answers: take no more of its requests
    }
  }

  private void setup(int type, ByteBuffer buffer, int offset, int length) throws ProtocolException {
    if (type == MessageType.CDATA) {
      answers.result(cdata((Cdata) MessageCodec.decode(buffer, offset, length)));
    } else if (type == MessageType.START) {
      MessageCodec.decode(buffer, offset, length);
      start();
    } else {
      unsupported(type, buffer, offset, length);
    }
  }

  private int cdata(Cdata message) {
    if (!Set.of("monitor", "filter").contains(message.hint())) {
      return StatusCode.ECRTBADHINT;
    }
    // Neither kind of program can be run here yet, so none is accepted; a chain that demands one then fails at start.
    refuse("cdata", "no engine here runs a " + message.hint());
    return StatusCode.ECRTBADHDAT;
  }

  private void start() {
    if (!requiredMonitors.isEmpty()) {
      refuse("start", "the certificates demand " + requiredMonitors.size() + " monitor(s), and no engine here runs them");
      answers.result(StatusCode.ECRTNOHDAT);
      end("a required monitor is missing", true);
      return;
    }
    setupTimer.cancel(false);
    setupTimer = null;
    phase = Phase.RUNNING;
    answers.result(StatusCode.SUCCESS);
    LOG.info("session={} running", peer);
  }

  private void running(int type, ByteBuffer buffer, int offset, int length) throws ProtocolException {
    if (type != MessageType.NSEND) {
      tryAccepted(); // what this asks or changes comes after them
    }
    if (type == MessageType.YIELD) {
      yield.wrap(buffer, offset, length);
      outcome = SessionEnd.Outcome.YIELDED;
      resumeAtNs = yield.resumeHintNs();
      flushBacklogs();
      answers.result(StatusCode.SUCCESS);
      end("the experiment yielded", true);
    } else if (!requests.serve(type, buffer, offset, length)) {
      unsupported(type, buffer, offset, length);
    }
  }

  /** Answers what is not known, or not accepted in this phase; a malformed one still ends the session. */
  private void unsupported(int type, ByteBuffer buffer, int offset, int length) throws ProtocolException {
    MessageCodec.decode(buffer, offset, length);
    refuse(MessageType.name(type), "not accepted in phase " + phase);
    answers.result(StatusCode.ECTLNOTSUP);
  }

  private void refuse(String what, String reason) {
    host.refusals().add(peer, what, reason);
  }

  // ------------------------------------------------------------------------------------------------ what sockets ask

  @Override
  public long nowNs() {
    return host.epochNs().getAsLong();
  }

  @Override
  public BufferAccount buffer() {
    return host.buffer();
  }

  @Override
  public SessionCounters counters() {
    return counters;
  }

  @Override
  public SendTimes sendTimes() {
    return sendTimes;
  }

  @Override
  public NotificationFrames frames() {
    return frames;
  }

  @Override
  public long largestSend() {
    return rate == null ? Integer.MAX_VALUE : rate.limit();
  }

  @Override
  public long rateWaitNs(long octets) {
    return rate == null ? 0 : rate.waitNs(octets, System.nanoTime());
  }

  @Override
  public void rateSent(long octets) {
    if (rate != null) {
      rate.sent(octets, System.nanoTime());
    }
  }

  @Override
  public void write(ByteBuffer frame) {
    link.write(frame);
  }

  @Override
  public void write(ByteBuffer head, ByteBuffer data, long token) {
    undelivered += SentToken.overhead(token) + (long) SentToken.octets(token);
    link.write(head, data, token);
  }

  @Override
  public void flush() {
    link.flush();
  }

  @Override
  public void wake(SocketSlot slot) {
    due.remove(slot.sktid);
    long at = slot.pump();
    if (at != FOREVER) {
      due.set(slot.sktid, at, slot.nextOrder());
      setAlarm();
    }
  }

  @Override
  public void accepted(SocketSlot slot, long timeNs) {
    due.hasten(slot.sktid, timeNs, order - 1);
    if (++untried >= SENDS_TOGETHER) {
      tryAccepted();
    }
  }

  @Override
  public boolean tryAccepted() {
    if (untried == 0) {
      return false;
    }
    untried = 0;
    pumpDue();
    return true;
  }

  private void setAlarm() {
    if (!due.isEmpty() && (alarmAtNs == FOREVER || Long.compareUnsigned(due.firstNs(), alarmAtNs) < 0)) {
      alarmAtNs = due.firstNs();
      alarm.at(alarmAtNs);
    }
  }

  @Override
  public long nextOrder() {
    return order++;
  }

  @Override
  public boolean isAnotherFirst(long timeNs, long itsOrder) {
    return due.precedes(timeNs, itsOrder);
  }

  /** What was received comes before the session's last words. */
  private void flushBacklogs() {
    for (SocketSlot slot : slots) {
      if (slot != null) {
        slot.flushBacklog();
      }
    }
  }

  @Override
  public void starved() {
    if (!awaitingRoom) {
      awaitingRoom = true;
      host.buffer().whenReleased(this::roomAgain);
    }
  }

  /** On whatever thread gave octets back to the buffer. */
  private void roomAgain() {
    onLoop(
        () -> {
          awaitingRoom = false;
          tight();
        });
  }

  @Override
  public void tight() {
    for (SocketSlot slot : slots) {
      if (slot != null) {
        slot.updateAllowance();
      }
    }
  }

  @Override
  public void failed(SocketSlot slot, SocketFailure failure) {
    LOG.debug("session={} {} failed: {}", peer, slot, failure);
  }

  private void pumpAll() {
    alarmAtNs = FOREVER;
    if (phase != Phase.RUNNING) {
      return;
    }
    untried = 0;
    pumpDue();
    link.flush();
  }

  private void pumpDue() {
    long now = nowNs();
    alarmAtNs = 0; // nothing is earlier: the alarm is set once, below
    try {
      for (int i = 0; i < PUMPS_PER_TURN && !due.isEmpty() && Long.compareUnsigned(due.firstNs(), now) <= 0; i++) {
        SocketSlot slot = slots[due.poll()];
        if (slot != null) { // not closed meanwhile
          wake(slot);
        }
      }
    } finally {
      alarmAtNs = FOREVER;
      setAlarm();
    }
  }

  @Override
  public void onReadComplete() {
    tryAccepted();
    link.flush();
  }

  @Override
  public void onWritten(long token) {
    int octets = SentToken.octets(token);
    long charge = SentToken.overhead(token) + (long) octets;
    undelivered -= charge;
    host.buffer().release(charge);
    SocketSlot slot = slots[SentToken.sktid(token)];
    if (slot != null && slot.generation == SentToken.generation(token)) {
      slot.delivered(octets);
    }
  }

  @Override
  public void onWritable() {
    link.resumeReading();
  }

  @Override
  public void onClosed(LinkEnd reason) {
    if (phase != Phase.ENDED) {
      why = reason.kind() == LinkEnd.Kind.PEER ? "the controller ended it" : reason.detail();
      dismantle();
    }
    host.buffer().release(undelivered);
    undelivered = 0;
    LOG.info("session={} ended: {}", peer, Printable.of(why));
    end.onEnded(outcome, resumeAtNs, why);
  }

  /** Makes room for an experiment of higher priority (section 11.1). Any thread may call it. */
  void suspend() {
    onLoop(
        () -> {
          if (phase != Phase.ENDED) {
            outcome = SessionEnd.Outcome.SUSPENDED;
            flushBacklogs();
            answers.suspended();
            end("suspended for an experiment of higher priority", true);
          }
        });
  }

  /** Ends the session from outside, such as when the endpoint stops. Any thread may call it. */
  void stop(String reason) {
    onLoop(() -> end(reason, false));
  }

  private void onLoop(Runnable task) {
    try {
      link.loop().execute(task);
    } catch (RejectedExecutionException e) {
      LOG.trace("session={} has ended with its loop", peer);
    }
  }

  private void end(String reason, boolean answered) {
    if (phase == Phase.ENDED) {
      return;
    }
    why = reason;
    dismantle(); // at once, however long the controller takes to read our last words
    if (answered) {
      link.flush();
    }
    link.close();
  }

  private void dismantle() {
    tryAccepted(); // they came before whatever ends the session
    flushBacklogs();
    phase = Phase.ENDED;
    alarm.clear();
    if (setupTimer != null) {
      setupTimer.cancel(false);
    }
    if (endTimer != null) {
      endTimer.cancel();
    }
    for (int i = 0; i < SLOTS; i++) {
      if (slots[i] != null) {
        slots[i].abandon();
        slots[i] = null;
      }
    }
  }
}
