package org.pktlab.mlet.host;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.protocol.Frame;
import org.pktlab.protocol.Linfo;
import org.pktlab.protocol.MdataFlyweight;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.MessageType;
import org.pktlab.protocol.Nblock;
import org.pktlab.protocol.NdataFlyweight;
import org.pktlab.protocol.NstatFlyweight;
import org.pktlab.protocol.NtagFlyweight;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.ResultFlyweight;
import org.pktlab.role.Printable;

/**
 * The wire side of one endpoint session: matches answers to requests by their order and hands notifications to sockets (protocol
 * specification, section 3).
 *
 * <p>Requests come from any thread through a queue; everything else happens on the link's loop. Requests that wait when the loop gets to
 * them are written in one turn and flushed once. An endpoint that breaks the protocol, or stays silent for a minute while it owes an
 * answer, loses the session.
 */
final class SessionWire implements LinkHandler {
  /** Received octets that may wait, unread, over all sockets before the link itself is no longer read. */
  static final long MOST_UNREAD = 32L << 20;

  private static final long RESUME_BELOW = MOST_UNREAD / 2;
  private static final int SOCKETS = 256;
  private static final long WATCH_SECONDS = 15;
  private static final int SILENT_WATCHES = 4;

  private final Link link;
  private final SessionEvents events;
  private final ConcurrentLinkedQueue<Exchange> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean called = new AtomicBoolean();
  private final AtomicReferenceArray<EndpointSocket> sockets = new AtomicReferenceArray<>(SOCKETS);
  private final AtomicLong unread = new AtomicLong();
  private volatile boolean paused;
  private volatile String lost;

  // Below: the loop only.
  private final ArrayDeque<Exchange> asked = new ArrayDeque<>();
  private final NdataFlyweight ndata = new NdataFlyweight();
  private final NtagFlyweight ntag = new NtagFlyweight();
  private final NstatFlyweight nstat = new NstatFlyweight();
  private final MdataFlyweight mdata = new MdataFlyweight();
  private final ResultFlyweight result = new ResultFlyweight();
  private final List<EndpointSocket> toWake = new ArrayList<>();
  private boolean written;
  private boolean watching;
  private long frames;
  private long framesSeen;
  private int silent;

  SessionWire(Link link, SessionEvents events) {
    this.link = link;
    this.events = events;
  }

  Link link() {
    return link;
  }

  /** Why the session is over, or null while it is not. Any thread. */
  String lost() {
    return lost;
  }

  /** Asks the endpoint. Any thread; requests of one thread leave in order. */
  void submit(Exchange exchange) {
    inbox.add(exchange);
    call();
  }

  /** Asks the endpoint two things in one turn. Any thread. */
  void submit(Exchange first, Exchange second) {
    inbox.add(first);
    inbox.add(second);
    call();
  }

  /** Asks the endpoint three things in one turn. Any thread. */
  void submit(Exchange first, Exchange second, Exchange third) {
    inbox.add(first);
    inbox.add(second);
    inbox.add(third);
    call();
  }

  private void call() {
    if (called.compareAndSet(false, true)) {
      try {
        link.loop().execute(this::drain);
      } catch (RejectedExecutionException e) {
        end("the runtime is shutting down");
        loseInbox();
      }
    }
  }

  private void drain() {
    called.set(false);
    if (lost != null) {
      loseInbox();
      return;
    }
    Exchange next;
    while ((next = inbox.poll()) != null) {
      if (next.mayLeave()) {
        write(next);
      }
    }
    flush();
  }

  /** Writes a request; the loop only. It leaves at the end of this turn. */
  void write(Exchange exchange) {
    if (lost != null) {
      exchange.lost(lost);
      return;
    }
    asked.add(exchange);
    link.write(ByteBuffer.wrap(exchange.frame()));
    written = true;
    watch();
  }

  /** Sends what was written in this turn; the loop only. */
  void flush() {
    if (written) {
      written = false;
      link.flush();
    }
  }

  /** Claims a socket number from 1 to 255 (0 has an edge at C endpoints, section 13.2); false when it is taken. Any thread. */
  boolean claim(int sktid, EndpointSocket socket) {
    return sockets.compareAndSet(sktid, null, socket);
  }

  /** The sockets that have a number now. Any thread. */
  List<EndpointSocket> openSockets() {
    List<EndpointSocket> found = new ArrayList<>();
    for (int i = 0; i < SOCKETS; i++) {
      EndpointSocket socket = sockets.get(i);
      if (socket != null) {
        found.add(socket);
      }
    }
    return found;
  }

  /** Whether the number still is that of the socket. Any thread. */
  boolean isOpen(int sktid, EndpointSocket socket) {
    return sockets.get(sktid) == socket;
  }

  /** Wakes the reader of a socket at the end of this turn; the loop only. */
  void wakeLater(EndpointSocket socket) {
    toWake.add(socket);
  }

  /** Gives a socket number back. Any thread. */
  void release(int sktid, EndpointSocket socket) {
    sockets.compareAndSet(sktid, socket, null);
  }

  /** Counts data that now wait for the mlet; the loop only. */
  void dataQueued(long octets) {
    if (unread.addAndGet(octets) > MOST_UNREAD && !paused) {
      paused = true;
      link.pauseReading();
    }
  }

  /** Counts data that the mlet took. Any thread. */
  void dataTaken(long octets) {
    if (unread.addAndGet(-octets) < RESUME_BELOW && paused) {
      later(this::resume);
    }
  }

  private void resume() {
    if (paused && unread.get() < RESUME_BELOW) {
      paused = false;
      link.resumeReading();
    }
  }

  /** Whether so much waits unread that every socket should hold its peers back. Any thread. */
  boolean crowded() {
    return unread.get() > MOST_UNREAD / 4;
  }

  /** Runs something on the loop. Any thread; does nothing when the loop is gone. */
  void later(Runnable task) {
    try {
      link.loop().execute(task);
    } catch (RejectedExecutionException e) {
      end("the runtime is shutting down");
    }
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    frames++;
    if (lost != null) {
      return;
    }
    int type = Frame.type(buffer, offset);
    try {
      switch (type) {
        case MessageType.NDATA -> data(buffer, offset, length);
        case MessageType.MDATA -> memory(buffer, offset, length);
        case MessageType.RESULT -> result(buffer, offset, length);
        case MessageType.NTAG -> tag(buffer, offset, length);
        case MessageType.NSTAT -> stat(buffer, offset, length);
        case MessageType.NBLOCK -> blocked((Nblock) MessageCodec.decode(buffer, offset, length));
        case MessageType.LINFO -> info((Linfo) MessageCodec.decode(buffer, offset, length));
        case MessageType.NDROP, MessageType.RESUMD -> MessageCodec.decode(buffer, offset, length);
        case MessageType.SUSPD -> {
          MessageCodec.decode(buffer, offset, length);
          violated("the endpoint suspended the experiment in favour of one with a higher priority");
        }
        default -> violated("the endpoint sent a message that has no place here (type 0x" + Integer.toHexString(type) + ")");
      }
    } catch (ProtocolException e) {
      violated("the endpoint sent a malformed " + MessageType.name(type) + ": " + e.getMessage());
    }
  }

  private void data(ByteBuffer buffer, int offset, int length) throws ProtocolException {
    ndata.wrap(buffer, offset, length);
    EndpointSocket socket = sockets.get(ndata.sktid());
    if (socket != null) {
      socket.onData(ndata);
    }
  }

  private void tag(ByteBuffer buffer, int offset, int length) throws ProtocolException {
    ntag.wrap(buffer, offset, length);
    EndpointSocket socket = sockets.get(ntag.sktid());
    if (socket != null) {
      socket.outbox().tagged(ntag.tag(), ntag.timeNs(), ntag.status());
    }
  }

  private void stat(ByteBuffer buffer, int offset, int length) throws ProtocolException {
    nstat.wrap(buffer, offset, length);
    EndpointSocket socket = sockets.get(nstat.sktid());
    if (socket != null) {
      socket.onStat(nstat.code(), nstat.timeNs());
    }
  }

  private void memory(ByteBuffer buffer, int offset, int length) throws ProtocolException {
    mdata.wrap(buffer, offset, length);
    Exchange exchange = asked.poll();
    if (exchange == null || exchange.readLength() == 0) {
      violated("the endpoint sent mdata that nothing asked for");
      lose(exchange);
    } else if (mdata.dataLength() != exchange.readLength() || mdata.addr() != Integer.toUnsignedLong(exchange.readAddress())) {
      violated("the endpoint answered a read with " + mdata.dataLength() + " octets of another place or length than asked");
      lose(exchange);
    } else {
      byte[] octets = new byte[exchange.readLength()];
      buffer.get(mdata.dataOffset(), octets);
      exchange.answered(new Answer(0, 0, 0, octets));
    }
  }

  private void result(ByteBuffer buffer, int offset, int length) throws ProtocolException {
    result.wrap(buffer, offset, length);
    Exchange exchange = asked.poll();
    if (exchange == null || (exchange.readLength() != 0 && result.status() == 0)) {
      violated("the endpoint sent a result that nothing asked for");
      lose(exchange);
      return;
    }
    int status = result.status();
    exchange.answered(status == 0 ? Answer.SUCCESS : new Answer(status, result.monitorIndex(), result.monitorErrid(), null));
  }

  private void lose(Exchange exchange) {
    if (exchange != null) {
      exchange.lost(lost);
    }
  }

  private void blocked(Nblock nblock) {
    EndpointSocket socket = sockets.get(nblock.sktid());
    if (socket != null && socket.firstBlock()) {
      events.progress("a monitor of the endpoint withholds data received on socket " + nblock.sktid() + " (code " + nblock.monitorErrid()
          + ")");
    }
  }

  private void info(Linfo linfo) {
    String text = new String(linfo.info(), java.nio.charset.StandardCharsets.ISO_8859_1);
    events.progress(Printable.of(linfo.name() + ": " + text));
  }

  @Override
  public void onReadComplete() {
    wakeReaders();
    flush();
  }

  private void wakeReaders() {
    for (int i = 0; i < toWake.size(); i++) {
      toWake.get(i).wakeReader();
    }
    toWake.clear();
  }

  @Override
  public void onClosed(LinkEnd reason) {
    end(
        switch (reason.kind()) {
          case LOCAL -> "the session was closed here";
          case PEER -> "the endpoint ended the session";
          default -> "the session broke: " + Printable.of(reason.detail());
        });
  }

  /** The endpoint broke the protocol, or said that it is over. */
  private void violated(String reason) {
    end(reason);
    link.abort();
  }

  /** Marks the session as over and tells everyone. On the loop, or where there is no loop any more. */
  private void end(String reason) {
    if (lost != null) {
      return;
    }
    lost = reason;
    wakeReaders();
    Exchange waiting;
    while ((waiting = asked.poll()) != null) {
      waiting.lost(reason);
    }
    for (int i = 0; i < SOCKETS; i++) {
      EndpointSocket socket = sockets.get(i);
      if (socket != null) {
        socket.onLost(reason);
      }
    }
    loseInbox();
    events.ended(reason);
  }

  private void loseInbox() {
    Exchange waiting;
    while ((waiting = inbox.poll()) != null) {
      waiting.lost(lost);
    }
  }

  private void watch() {
    if (!watching) {
      watching = true;
      silent = 0;
      framesSeen = frames;
      link.loop().schedule(this::look, WATCH_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void look() {
    watching = false;
    if (lost != null || asked.isEmpty()) {
      return;
    }
    int silentBefore = framesSeen == frames ? silent + 1 : 0;
    if (silentBefore >= SILENT_WATCHES) {
      violated(
          paused
              ? "the session is stuck: " + (MOST_UNREAD >> 20) + " MiB of received data wait and the mlet does not read them"
              : "the endpoint did not answer for " + SILENT_WATCHES * WATCH_SECONDS + " s");
      return;
    }
    watch();
    silent = silentBefore;
  }
}
