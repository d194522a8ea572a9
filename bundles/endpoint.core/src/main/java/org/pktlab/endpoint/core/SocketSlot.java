package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pktlab.program.EbpfProgram;
import org.pktlab.protocol.Family;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.NotificationMask;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.SendError;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.RawTransportSocket;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.TransportSocket;

/**
 * One of the 256 socket slots of a session, in use: its state, its queue of sends, its counters and its mask (protocol specification, sections 6.3, 6.4, 7 and 9).
 * Owned by the session's loop.
 */
final class SocketSlot implements SocketEvents, SocketSends.Outcome, SendStamps.Taker {
  private static final int LARGEST_READ = 65_536;

  private final SocketOwner owner;
  final int sktid;
  final int generation;
  final int family;
  final int proto;
  private final SocketSends sends;
  private final Notifications notifications;
  private final byte[] controlFlags = new byte[MemoryMap.CONTROL_FLAGS_LENGTH];
  private final SendStamps stamps = new SendStamps(this);
  private Capture capture;
  private TransportSocket socket;
  private InetSocketAddress local;
  private byte state;
  private InetSocketAddress remote;
  private long receiveLimit;
  private long receiveUsed;
  private long droppedOctets;
  private long droppedUnits;
  private byte sendError;
  private int sendErrorTag;
  private int allowance = -1;
  private long missedNoted;

  /**
   * @param state OPENING or OPEN
   * @param receiveLimit the receive allowance asked for, octets
   */
  SocketSlot(SocketOwner owner, int sktid, int generation, int family, int proto, byte state, InetSocketAddress remote, long receiveLimit) {
    this.owner = owner;
    this.sktid = sktid;
    this.generation = generation & 0xFFFF;
    this.family = family;
    this.proto = proto;
    this.state = state;
    this.remote = remote;
    this.receiveLimit = receiveLimit;
    this.notifications = new Notifications(owner);
    this.sends = new SocketSends(owner, this, family, proto);
  }

  /** Gives the slot its open socket; called once, right after it was opened. */
  void opened(TransportSocket socket) {
    this.socket = socket;
    local = socket.localAddress();
    updateAllowance();
  }

  byte state() {
    return state;
  }

  // ------------------------------------------------------------------------------------------------ requests

  /**
   * Queues an nsend, or refuses it.
   *
   * @param data borrowed
   * @return the status of the result
   */
  int send(long timeNs, int tag, ByteBuffer data, InetSocketAddress to) {
    return notifications.full() ? StatusCode.ESYSNOBUFS : sends.add(timeNs, tag, data, to);
  }

  /** Whether nsend is accepted in this state. */
  boolean acceptsSend() {
    return state == SocketState.OPENING || state == SocketState.OPEN || state == SocketState.EOF;
  }

  /** Takes the first FIN request; later ones have no effect (section 7.5). */
  void finish(long timeNs) {
    sends.finishAt(timeNs);
  }

  /** Closes the socket and reports every send that never left; nothing is heard of this slot afterwards. */
  void close() {
    notifications.flushBacklog(); // the answer comes after it
    closeSocket();
    sends.discard(owner.nowNs());
    notifications.discard(); // what the mask held back is still owed its buffer charge
  }

  /** Ends the slot with its session: no notification is of use any more, only the buffer is given back. */
  void abandon() {
    closeSocket();
    sends.abandon();
    notifications.discard();
  }

  private void closeSocket() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
    state = SocketState.FREE;
  }

  // ------------------------------------------------------------------------------------------------ sending

  /**
   * Sends whatever is due.
   *
   * @return when to call again, on the endpoint's clock; -1 (for ever) when an event will tell
   */
  long pump() {
    long at = socket == null || state == SocketState.OPENING ? -1 : sends.pump(socket);
    if (stamps.awaiting()) {
      at = earlier(at, stamps.expire(owner.nowNs()));
    }
    if (capture != null) {
      if (capture.isOver(owner.nowNs())) {
        stopCapture();
      } else {
        at = earlier(at, capture.endNs());
      }
    }
    return at;
  }

  /** The number of the send that is next; more than any when there is none. */
  long nextOrder() {
    return sends.nextOrder();
  }

  /** The earlier of two unsigned times; -1 is the latest. */
  private static long earlier(long one, long other) {
    return Long.compareUnsigned(one, other) < 0 ? one : other;
  }

  @Override
  public void left(int tag, int number, long timeNs) {
    if (socket instanceof RawTransportSocket raw) {
      stamps.left(number, tag, timeNs, raw.tellsSendTimes());
    } else {
      stamped(tag, timeNs);
    }
  }

  @Override
  public void stamped(int tag, long timeNs) {
    if (socket instanceof RawTransportSocket raw) {
      noteClocks(raw);
    }
    owner.sendTimes().record(tag, timeNs);
    notifications.emit(NotificationMask.NTAG, owner.frames().tag(sktid, tag, timeNs, StatusCode.SUCCESS), null, 0);
  }

  private void noteClocks(RawTransportSocket raw) {
    SessionCounters counters = owner.counters();
    RawTransportSocket.TimeSource worst = stamps.worst();
    if (worst != null && (counters.sendClock == null || worst.compareTo(counters.sendClock) < 0)) {
      counters.sendClock = worst;
    }
    counters.receiveClock = raw.receiveTimeSource();
    counters.sendTimesMissed += stamps.missed() - missedNoted;
    missedNoted = stamps.missed();
  }

  @Override
  public void settled() {
    notifications.settled(stamps::isSettled);
  }

  @Override
  public void discarded(int tag, long timeNs) {
    notifications.emit(NotificationMask.NTAG, owner.frames().tag(sktid, tag, timeNs, StatusCode.EPKTNOTSENT), null, 0);
  }

  @Override
  public void onSendTime(int number, long timeNs, RawTransportSocket.TimeSource source) {
    stamps.told(number, timeNs, source);
  }

  @Override
  public void onRejected(int number, SocketFailure failure, long timeNs) {
    sendError = SendError.BAD_PACKET;
    sends.rejected(number);
  }

  @Override
  public void finish() {
    sendError = SendError.DISCARDED;
    if (state == SocketState.OPEN || state == SocketState.EOF) {
      state = state == SocketState.OPEN ? SocketState.WFIN : SocketState.END;
      socket.finish();
    }
  }

  // ------------------------------------------------------------------------------------------------ receiving

  @Override
  public void onConnected(long timeNs) {
    state = SocketState.OPEN;
    local = socket.localAddress();
    InetSocketAddress peer = socket.remoteAddress();
    if (peer != null) {
      remote = peer;
    }
    byte[] address = remote.getAddress().getAddress();
    notifications.emit(NotificationMask.NSTAT, owner.frames().established(sktid, family, proto, timeNs, address, remote.getPort()), null, 0);
    updateAllowance();
    owner.wake(this);
    owner.flush();
  }

  @Override
  public void onData(ByteBuffer data, long timeNs) {
    // What was read from a stream must not be lost, even if somebody else took the room since the allowance was set: at most one read is beyond it.
    owner.buffer().overcharge(Charge.data(family, proto) + (long) data.remaining());
    deliver(data, null, timeNs);
    if (owner.buffer().free() < LARGEST_READ + Charge.data(family, proto)) {
      owner.tight();
    } else {
      updateAllowance();
    }
  }

  /**
   * Captures packets from now on; what was captured before and is still on its way is thrown away. Raw sockets only.
   *
   * @param hiding which of them the host is not to see, or null for none
   */
  void capture(Capture next, EbpfProgram hiding) throws HidingFailedException {
    notifications.flushBacklog(); // the answer comes after what the filter before kept
    if (next.isOver(owner.nowNs())) {
      stopCapture();
    } else if (socket instanceof RawTransportSocket raw) {
      capture = next;
      raw.capture(next);
      try {
        raw.hide(hiding);
      } catch (HidingFailedException e) {
        stopCapture();
        throw e;
      }
    }
  }

  /** Captures nothing more. */
  void stopCapture() {
    capture = null;
    if (socket instanceof RawTransportSocket raw) {
      raw.capture(null);
      try {
        raw.hide(null);
      } catch (HidingFailedException e) {
        throw new IllegalStateException("nothing was to be hidden", e);
      }
    }
  }

  @Override
  public void onDatagram(ByteBuffer data, InetSocketAddress from, long timeNs) {
    if (proto == Protocol.RAW && (capture == null || capture.isOver(timeNs))) {
      stopCapture();
      return;
    }
    int size = data.remaining();
    int kept = (int) Math.min(size, freeSpace());
    if (freeSpace() <= 0 || !owner.buffer().charge(Charge.data(family, proto) + (long) kept)) {
      drop(size);
      return;
    }
    if (kept < size) {
      data.limit(data.position() + kept);
      drop(size - kept);
    }
    deliver(data, from, timeNs);
  }

  private void drop(int octets) {
    onDropped(1, octets);
  }

  @Override
  public void onDropped(long units, long octets) {
    droppedUnits = Math.min(0xFFFFFFFFL, droppedUnits + units);
    droppedOctets = Math.min(0xFFFFFFFFL, droppedOctets + octets);
    owner.counters().unitsDropped += units;
  }

  /** Passes on data that is charged to the buffer. */
  private void deliver(ByteBuffer data, InetSocketAddress from, long timeNs) {
    int size = data.remaining();
    receiveUsed += size;
    owner.counters().unitsReceived++;
    owner.counters().octetsReceived += size;
    byte[] address = from == null ? null : from.getAddress().getAddress();
    ByteBuffer head = owner.frames().dataHead(sktid, family, proto, timeNs, address, from == null ? 0 : from.getPort(), size);
    long token = SentToken.of(sktid, generation, Charge.data(family, proto), size);
    if (stamps.awaiting()) {
      notifications.emitBehind(stamps.last(), head, data, token);
    } else {
      notifications.emit(NotificationMask.NDATA, head, data, token);
    }
  }

  /** An ndata frame of this slot has left: its octets no longer count as received and not delivered. */
  void delivered(int octets) {
    receiveUsed -= octets;
    updateAllowance();
    notifications.delivered(octets);
  }

  /** Gives the link all that was received and waits for it. */
  void flushBacklog() {
    notifications.flushBacklog();
  }

  private long freeSpace() {
    return Math.min(receiveLimit - receiveUsed, owner.buffer().free() - Charge.data(family, proto));
  }

  /** Tells a stream how much it may read: nothing when there is no room, so that TCP pushes back. */
  void updateAllowance() {
    if (socket == null || proto != Protocol.TCP || state == SocketState.OPENING) {
      return;
    }
    int now = allowable();
    if (now == 0 && receiveLimit > receiveUsed) {
      owner.starved();
      now = allowable();
    }
    if (now != allowance) {
      allowance = now;
      socket.receiveAllowance(now);
    }
  }

  private int allowable() {
    return (int) Math.max(0, Math.min(LARGEST_READ, freeSpace()));
  }

  @Override
  public void onReadComplete() {
    owner.flush();
  }

  @Override
  public void onEndOfStream(long timeNs) {
    state = state == SocketState.WFIN ? SocketState.END : SocketState.EOF;
    notifications.emit(NotificationMask.NSTAT, owner.frames().stat(sktid, family, proto, timeNs, StatCode.PEER_CLOSED), null, 0);
    owner.flush();
  }

  @Override
  public void onFlushed(long timeNs) {
    sends.left(timeNs);
    owner.wake(this);
    owner.flush();
  }

  @Override
  public void onFailed(SocketFailure failure, boolean sending, long timeNs) {
    state = FailureCodes.stateOf(failure);
    if (sending) {
      sendError = FailureCodes.sendErrorOf(failure);
      sendErrorTag = sends.firstTag();
    }
    stamps.expire(Long.MAX_VALUE); // what left and what came before the failure is told before it
    socket = null; // it has closed itself
    if (proto != Protocol.RAW || failure == SocketFailure.WITHDRAWN) { // the reference is silent about raw sockets (section 7.2)
      notifications.emit(NotificationMask.NSTAT, owner.frames().stat(sktid, family, proto, timeNs, FailureCodes.codeOf(failure)), null, 0);
    }
    sends.discard(timeNs);
    owner.failed(this, failure);
    owner.flush();
  }

  // ------------------------------------------------------------------------------------------------ memory block

  /** Renders the socket block (section 6.3) into {@code block}, {@link MemoryMap#SOCKET_STRIDE} zeroed octets. */
  void render(ByteBuffer block) {
    block.put(MemoryMap.OFFSET_FAMILY, (byte) family);
    block.put(MemoryMap.OFFSET_PROTO, (byte) proto);
    block.put(MemoryMap.OFFSET_STATE, state);
    if (local != null) {
      putAddress(block, MemoryMap.OFFSET_LADDR, local.getAddress());
      block.putShort(MemoryMap.OFFSET_LPORT, (short) local.getPort());
    }
    if (remote != null) {
      putAddress(block, MemoryMap.OFFSET_RADDR, remote.getAddress());
      block.putShort(MemoryMap.OFFSET_RPORT, (short) remote.getPort());
    }
    block.putInt(MemoryMap.OFFSET_RBUFSZ, (int) receiveLimit);
    block.putInt(MemoryMap.OFFSET_RBUFUSED, (int) receiveUsed);
    block.putInt(MemoryMap.OFFSET_DROPPED_OCTETS, (int) droppedOctets);
    block.putInt(MemoryMap.OFFSET_DROPPED_UNITS, (int) droppedUnits);
    block.put(MemoryMap.OFFSET_SEND_ERROR, sendError);
    block.putShort(MemoryMap.OFFSET_SEND_ERROR_TAG, (short) sendErrorTag);
    block.putShort(MemoryMap.OFFSET_NOTIFICATION_MASK, (short) notifications.mask());
    block.put(MemoryMap.OFFSET_CONTROL_FLAGS, controlFlags);
    if (socket instanceof RawTransportSocket raw) {
      block.put(MemoryMap.OFFSET_SEND_TIME_SOURCE, (byte) (stamps.worst() == null ? 0 : stamps.worst().ordinal() + 1));
      block.put(MemoryMap.OFFSET_RECEIVE_TIME_SOURCE, (byte) (raw.receiveTimeSource().ordinal() + 1));
      block.putInt(MemoryMap.OFFSET_SEND_TIMES_MISSED, (int) stamps.missed());
    }
  }

  private void putAddress(ByteBuffer block, int offset, InetAddress address) {
    byte[] octets = address.getAddress();
    if (octets.length == Family.addressLength(family)) {
      block.put(offset, octets);
    }
  }

  /** Takes the writable fields back from a block that was rendered and then partly overwritten. */
  void store(ByteBuffer block) {
    receiveLimit = block.getInt(MemoryMap.OFFSET_RBUFSZ) & 0xFFFFFFFFL;
    sendError = block.get(MemoryMap.OFFSET_SEND_ERROR);
    sendErrorTag = block.getShort(MemoryMap.OFFSET_SEND_ERROR_TAG) & 0xFFFF;
    block.get(MemoryMap.OFFSET_CONTROL_FLAGS, controlFlags);
    notifications.mask(block.getShort(MemoryMap.OFFSET_NOTIFICATION_MASK) & 0xFFFF);
    updateAllowance();
  }

  @Override
  public String toString() {
    return "socket " + sktid + " " + Protocol.name(proto) + " " + SocketState.name(state) + (remote == null ? "" : " " + Arrays.toString(remote.getAddress().getAddress()));
  }
}
