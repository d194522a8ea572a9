package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.protocol.Cdata;
import org.pktlab.protocol.Frame;
import org.pktlab.protocol.MdataFlyweight;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.MreadFlyweight;
import org.pktlab.protocol.MwriteFlyweight;
import org.pktlab.protocol.NcapFlyweight;
import org.pktlab.protocol.NcloseFlyweight;
import org.pktlab.protocol.Nctl;
import org.pktlab.protocol.NctlFlyweight;
import org.pktlab.protocol.NopenFlyweight;
import org.pktlab.protocol.NsendFlyweight;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.ResultFlyweight;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatusCode;
import org.pktlab.protocol.YieldFlyweight;
import org.pktlab.role.Printable;
import org.pktlab.schedule.Alarm;
import org.pktlab.transport.OpenFailedException;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.SocketRequest;
import org.pktlab.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One experiment session at the endpoint: phases, requests, sockets (protocol specification, sections 3 to 7 and 9 to 11). All of its state is owned by the loop of
 * its link; nothing blocks. Each request gets exactly one response, in order; a notification that a request causes follows its response.
 */
final class Session implements LinkHandler, SocketOwner {
  /** The longest that set-up may last from the end of the handshake (section 3, rule 1). */
  static final long SETUP_NS = TimeUnit.SECONDS.toNanos(10);

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final int SLOTS = 256;
  private static final long FOREVER = -1;

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
  private final SessionMemory memory;
  private final SendRate rate;
  private final Alarm alarm;
  private final ByteBuffer reply = ByteBuffer.allocate(32);
  private final ByteBuffer mdata = ByteBuffer.allocate(Frame.HEADER_LENGTH + 4 + 0xFFFF);
  private final MreadFlyweight mread = new MreadFlyweight();
  private final MwriteFlyweight mwrite = new MwriteFlyweight();
  private final NopenFlyweight nopen = new NopenFlyweight();
  private final NcloseFlyweight nclose = new NcloseFlyweight();
  private final NsendFlyweight nsend = new NsendFlyweight();
  private final NcapFlyweight ncap = new NcapFlyweight();
  private final NctlFlyweight nctl = new NctlFlyweight();
  private final YieldFlyweight yield = new YieldFlyweight();
  private final ScheduledFuture<?> endTimer;
  private ScheduledFuture<?> setupTimer;
  private Phase phase = Phase.SETUP;
  private int generations;
  private long alarmAtNs = FOREVER;
  private boolean anyStarved;
  private long undelivered;
  private SessionEnd.Outcome outcome = SessionEnd.Outcome.FINISHED;
  private long resumeAtNs = FOREVER;
  private String why = "the controller ended it";

  /**
   * Begins the set-up phase. Called on the loop of the link.
   *
   * @param requiredMonitors digests that the controller's certificates demand; without a monitor engine, {@code start} is refused while there are any
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
    this.memory = new SessionMemory(host.exported(), host.buffer(), host.epochNs(), host.transports()::bits, sktid -> slots[sktid], sendTimes);
    this.alarm = host.timer().get().alarm(link.loop(), host.epochNs(), this::pumpAll);
    this.setupTimer = link.loop().schedule(() -> end("set-up took longer than 10 s", false), SETUP_NS, TimeUnit.NANOSECONDS);
    this.endTimer = endTimeNs == FOREVER ? null : scheduleEnd(endTimeNs);
  }

  private ScheduledFuture<?> scheduleEnd(long endTimeNs) {
    long now = nowNs();
    long delayNs = Long.compareUnsigned(endTimeNs, now) <= 0 ? 0 : endTimeNs - now;
    // A delay of more than 292 years wraps to a negative number: no session lasts so long.
    return delayNs < 0 ? null : link.loop().schedule(() -> end("the certificates of the controller have expired", false), delayNs, TimeUnit.NANOSECONDS);
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
      result(StatusCode.ECTLBADMSG);
      end("malformed " + MessageType.name(type) + ": " + e.getMessage(), true);
      return;
    }
    if (!link.writable()) {
      link.pauseReading(); // the controller does not take our answers: take no more of its requests
    }
  }

  private void setup(int type, ByteBuffer buffer, int offset, int length) throws ProtocolException {
    if (type == MessageType.CDATA) {
      result(cdata((Cdata) MessageCodec.decode(buffer, offset, length)));
    } else if (type == MessageType.START) {
      MessageCodec.decode(buffer, offset, length);
      start();
    } else {
      unsupported(type, buffer, offset, length);
    }
  }

  private int cdata(Cdata message) {
    String hint = message.hint();
    if (!hint.equals("monitor") && !hint.equals("filter")) {
      return StatusCode.ECRTBADHINT;
    }
    // Neither kind of program can be run here yet, so none is accepted; a chain that demands one then fails at start.
    refuse("cdata", "no engine here runs a " + hint);
    return StatusCode.ECRTBADHDAT;
  }

  private void start() {
    if (!requiredMonitors.isEmpty()) {
      refuse("start", "the certificates demand " + requiredMonitors.size() + " monitor(s), and no engine here runs them");
      result(StatusCode.ECRTNOHDAT);
      end("a required monitor is missing", true);
      return;
    }
    setupTimer.cancel(false);
    setupTimer = null;
    phase = Phase.RUNNING;
    result(StatusCode.SUCCESS);
    LOG.info("session={} running", peer);
  }

  private void running(int type, ByteBuffer buffer, int offset, int length) throws ProtocolException {
    switch (type) {
      case MessageType.MREAD -> {
        mread.wrap(buffer, offset, length);
        mread();
      }
      case MessageType.MWRITE -> {
        mwrite.wrap(buffer, offset, length);
        memory.write(
            mwrite.addr(),
            buffer.duplicate().clear().position(mwrite.dataOffset()).limit(mwrite.dataOffset() + mwrite.dataLength()));
        result(StatusCode.SUCCESS);
      }
      case MessageType.NSEND -> {
        nsend.wrap(buffer, offset, length);
        nsend(buffer);
      }
      case MessageType.NOPEN -> {
        nopen.wrap(buffer, offset, length);
        int status = nopen(buffer);
        if (status != StatusCode.SUCCESS) {
          refuse("nopen", "socket " + nopen.sktid() + " " + Protocol.name(nopen.proto()) + ": " + StatusCode.describe(status));
        }
      }
      case MessageType.NCLOSE -> {
        nclose.wrap(buffer, offset, length);
        result(nclose(nclose.sktid()));
      }
      case MessageType.NCTL -> {
        nctl.wrap(buffer, offset, length);
        nctl();
      }
      case MessageType.NCAP -> {
        ncap.wrap(buffer, offset, length);
        result(ncap());
      }
      case MessageType.YIELD -> {
        yield.wrap(buffer, offset, length);
        outcome = SessionEnd.Outcome.YIELDED;
        resumeAtNs = yield.resumeHintNs();
        result(StatusCode.SUCCESS);
        end("the experiment yielded", true);
      }
      default -> unsupported(type, buffer, offset, length);
    }
  }

  /** Answers what is not known, or not accepted in this phase; a malformed one still ends the session. */
  private void unsupported(int type, ByteBuffer buffer, int offset, int length) throws ProtocolException {
    MessageCodec.decode(buffer, offset, length);
    refuse(MessageType.name(type), "not accepted in phase " + phase);
    result(StatusCode.ECTLNOTSUP);
  }

  private void mread() {
    int length = mread.readLength();
    mdata.clear().limit(Frame.HEADER_LENGTH + 4 + length);
    MdataFlyweight.encodeHeader(mdata, 0, mread.addr(), length);
    mdata.position(Frame.HEADER_LENGTH + 4);
    java.util.Arrays.fill(mdata.array(), mdata.position(), mdata.limit(), (byte) 0);
    memory.read(mread.addr(), mdata);
    mdata.position(0);
    link.write(mdata);
  }

  private int nopen(ByteBuffer buffer) {
    int family = nopen.family();
    int proto = nopen.proto();
    int sktid = nopen.sktid();
    int status = checkOpen(sktid, family, proto);
    if (status != StatusCode.SUCCESS) {
      result(status);
      return status;
    }
    counters.opens++;
    InetSocketAddress local = new InetSocketAddress(address(buffer, nopen.localAddressOffset(), nopen.addressLength()), nopen.localPort());
    InetSocketAddress remote =
        nopen.isConnect() ? new InetSocketAddress(address(buffer, nopen.remoteAddressOffset(), nopen.addressLength()), nopen.remotePort()) : null;
    byte state = remote == null ? SocketState.OPEN : SocketState.OPENING;
    SocketSlot slot = new SocketSlot(this, sktid, ++generations, family, proto, state, remote, nopen.rbufsz());
    slots[sktid] = slot;
    try {
      Transport transport = host.transports().get(proto);
      slot.opened(transport.open(new SocketRequest(local, remote, host.epochNs()), slot, link.loop()));
    } catch (OpenFailedException e) {
      slots[sktid] = null;
      LOG.debug("session={} nopen {} failed: {}", peer, sktid, e.getMessage());
      status = statusOf(e.reason(), proto);
      result(status);
      return status;
    }
    result(StatusCode.SUCCESS);
    return StatusCode.SUCCESS;
  }

  /** The checks of nopen in the order of section 5. */
  private int checkOpen(int sktid, int family, int proto) {
    if (slots[sktid] != null) {
      return StatusCode.ESKTINUSE;
    }
    if (!host.exported().exports(family)) {
      return StatusCode.ESKTNOPRFAM;
    }
    if (host.transports().get(proto) == null) {
      return StatusCode.ESKTNOPROTO;
    }
    if (proto == Protocol.TCP && !nopen.isConnect()) {
      return StatusCode.ECTLNOTSUP; // the listen form is defined on the wire, and no endpoint implements it
    }
    return StatusCode.SUCCESS;
  }

  private static int statusOf(OpenFailedException.Reason reason, int proto) {
    return switch (reason) {
      case NO_ADDRESS -> StatusCode.ESKTNOADDR;
      case PORT_IN_USE -> proto == Protocol.UDP ? StatusCode.EUDPNOPORT : StatusCode.ETCPNOPORT;
      default -> StatusCode.EUNKFAULT;
    };
  }

  private int nclose(int sktid) {
    SocketSlot slot = slots[sktid];
    if (slot == null) {
      return StatusCode.ESKTNOTOPEN;
    }
    slot.close();
    slots[sktid] = null;
    return StatusCode.SUCCESS;
  }

  private void nsend(ByteBuffer buffer) {
    SocketSlot slot = slots[nsend.sktid()];
    int status;
    if (slot == null || !slot.acceptsSend()) {
      status = StatusCode.ESKTNOTOPEN;
    } else if (slot.family != nsend.family() || slot.proto != nsend.proto()) {
      status = StatusCode.ESKTNOMATCH;
    } else {
      InetSocketAddress to =
          nsend.addressLength() == 0 ? null : new InetSocketAddress(address(buffer, nsend.addressOffset(), nsend.addressLength()), nsend.port());
      int begin = nsend.dataOffset();
      status = slot.send(nsend.timeNs(), nsend.tag(), buffer.duplicate().clear().position(begin).limit(begin + nsend.dataLength()), to);
    }
    result(status);
    if (status == StatusCode.SUCCESS) {
      wake(slot);
    }
  }

  private void nctl() {
    SocketSlot slot = slots[nctl.sktid()];
    if (slot == null || slot.family != nctl.family() || slot.proto != nctl.proto()) {
      result(StatusCode.ESKTNOMATCH);
    } else if (nctl.command() != Nctl.FIN) {
      result(StatusCode.ECTLNOTSUP);
    } else if (SocketState.isError(slot.state())) {
      result(StatusCode.ESKTNOTOPEN);
    } else {
      slot.finish(nctl.timeNs());
      result(StatusCode.SUCCESS);
      wake(slot);
    }
  }

  private int ncap() {
    SocketSlot slot = slots[ncap.sktid()];
    if (slot == null || slot.state() != SocketState.OPEN && slot.state() != SocketState.OPENING) {
      return StatusCode.ESKTNOTOPEN;
    }
    return StatusCode.ESKTNOMATCH; // only raw sockets capture, and none can be open here
  }

  private static InetAddress address(ByteBuffer buffer, int offset, int length) {
    byte[] octets = new byte[length];
    buffer.get(offset, octets);
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the codec lets only addresses of 4 and 16 octets pass", e);
    }
  }

  private void result(int status) {
    reply.clear().limit(ResultFlyweight.encode(reply, 0, status));
    link.write(reply);
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
    long at = slot.pump();
    if (at != FOREVER) {
      wakeAt(at);
    }
  }

  @Override
  public void starved() {
    anyStarved = true;
  }

  @Override
  public void failed(SocketSlot slot, SocketFailure failure) {
    LOG.debug("session={} {} failed: {}", peer, slot, failure);
  }

  private void wakeAt(long at) {
    if (alarmAtNs == FOREVER || Long.compareUnsigned(at, alarmAtNs) < 0) {
      alarmAtNs = at;
      alarm.at(at);
    }
  }

  private void pumpAll() {
    alarmAtNs = FOREVER;
    if (phase != Phase.RUNNING) {
      return;
    }
    for (SocketSlot slot : slots) {
      if (slot != null) {
        wake(slot);
      }
    }
    link.flush();
  }

  // ------------------------------------------------------------------------------------------------ the link

  @Override
  public void onReadComplete() {
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
    if (anyStarved) {
      anyStarved = false;
      for (SocketSlot other : slots) {
        if (other != null) {
          other.updateAllowance();
        }
      }
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
    }
    phase = Phase.ENDED;
    alarm.clear();
    if (setupTimer != null) {
      setupTimer.cancel(false);
    }
    if (endTimer != null) {
      endTimer.cancel(false);
    }
    host.buffer().release(undelivered);
    undelivered = 0;
    for (int i = 0; i < SLOTS; i++) {
      if (slots[i] != null) {
        slots[i].abandon();
        slots[i] = null;
      }
    }
    LOG.info("session={} ended: {}", peer, Printable.of(why));
    end.onEnded(outcome, resumeAtNs, why);
  }

  /** Makes room for an experiment of higher priority (section 11.1). Any thread may call it. */
  void suspend() {
    link.loop()
        .execute(
            () -> {
              if (phase != Phase.ENDED) {
                outcome = SessionEnd.Outcome.SUSPENDED;
                Frame.putHeader(reply.clear(), 0, MessageType.SUSPD, 0);
                link.write(reply.limit(Frame.HEADER_LENGTH));
                end("suspended for an experiment of higher priority", true);
              }
            });
  }

  /** Ends the session from outside, such as when the endpoint stops. Any thread may call it. */
  void stop(String reason) {
    link.loop().execute(() -> end(reason, false));
  }

  private void end(String reason, boolean answered) {
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.ENDED;
    why = reason;
    if (answered) {
      link.flush();
    }
    link.close();
  }
}
