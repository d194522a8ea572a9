package org.pktlab.endpoint.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pktlab.protocol.Family;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.NotificationMask;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.SendError;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;
import org.pktlab.transport.SocketEvents;
import org.pktlab.transport.SocketFailure;
import org.pktlab.transport.TransportSocket;

/**
 * One of the 256 socket slots of a session, in use: its state, its queue of sends, its counters and its mask (protocol specification, sections 6.3, 6.4, 7 and 9).
 * Owned by the session's loop.
 */
final class SocketSlot implements SocketEvents, SocketSends.Outcome {
  private static final int LARGEST_READ = 65_536;

  private final SocketOwner owner;
  final int sktid;
  final int generation;
  final int family;
  final int proto;
  private final SocketSends sends;
  private final MaskedNotifications masked = new MaskedNotifications();
  private final byte[] controlFlags = new byte[MemoryMap.CONTROL_FLAGS_LENGTH];
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
  private int mask;
  private int allowance = -1;

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
    return masked.count() >= MaskedNotifications.MOST ? StatusCode.ESYSNOBUFS : sends.add(timeNs, tag, data, to);
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
    closeSocket();
    sends.discard(owner.nowNs());
    releaseMasked(); // what the mask held back is still owed its buffer charge
  }

  /** Ends the slot with its session: no notification is of use any more, only the buffer is given back. */
  void abandon() {
    closeSocket();
    sends.abandon();
    releaseMasked();
  }

  private void closeSocket() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
    state = SocketState.FREE;
  }

  private void releaseMasked() {
    for (MaskedNotifications.Held held = masked.next(0); held != null; held = masked.next(0)) {
      if (held.token() != 0) {
        owner.buffer().release(SentToken.overhead(held.token()) + (long) SentToken.octets(held.token()));
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ sending

  /**
   * Sends whatever is due.
   *
   * @return when to call again, on the endpoint's clock; -1 (for ever) when an event will tell
   */
  long pump() {
    return socket == null || state == SocketState.OPENING ? -1 : sends.pump(socket);
  }

  @Override
  public void tagged(int tag, long timeNs, int status) {
    emit(NotificationMask.NTAG, owner.frames().tag(sktid, tag, timeNs, status), null, 0);
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
    emit(NotificationMask.NSTAT, owner.frames().established(sktid, family, proto, timeNs, address, remote.getPort()), null, 0);
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

  @Override
  public void onDatagram(ByteBuffer data, InetSocketAddress from, long timeNs) {
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
    droppedUnits = Math.min(0xFFFFFFFFL, droppedUnits + 1);
    droppedOctets = Math.min(0xFFFFFFFFL, droppedOctets + octets);
    owner.counters().unitsDropped++;
  }

  /** Passes on data that is charged to the buffer. */
  private void deliver(ByteBuffer data, InetSocketAddress from, long timeNs) {
    int size = data.remaining();
    receiveUsed += size;
    owner.counters().unitsReceived++;
    owner.counters().octetsReceived += size;
    byte[] address = from == null ? null : from.getAddress().getAddress();
    ByteBuffer head = owner.frames().dataHead(sktid, family, proto, timeNs, address, from == null ? 0 : from.getPort(), size);
    emit(NotificationMask.NDATA, head, data, SentToken.of(sktid, generation, Charge.data(family, proto), size));
  }

  /** An ndata frame of this slot has left: its octets no longer count as received and not delivered. */
  void delivered(int octets) {
    receiveUsed -= octets;
    updateAllowance();
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
    emit(NotificationMask.NSTAT, owner.frames().stat(sktid, family, proto, timeNs, StatCode.PEER_CLOSED), null, 0);
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
    state = stateOf(failure);
    if (sending) {
      sendError = sendErrorOf(failure);
      sendErrorTag = sends.firstTag();
    }
    socket = null; // it has closed itself
    emit(NotificationMask.NSTAT, owner.frames().stat(sktid, family, proto, timeNs, codeOf(failure)), null, 0);
    sends.discard(timeNs);
    owner.failed(this, failure);
    owner.flush();
  }

  private static byte stateOf(SocketFailure failure) {
    return switch (failure) {
      case REFUSED -> SocketState.REFUSED;
      case RESET -> SocketState.RESET;
      case TIMED_OUT -> SocketState.TIMEDOUT;
      case UNREACHABLE -> SocketState.UNREACH;
      default -> SocketState.UNKFAULT;
    };
  }

  private static int codeOf(SocketFailure failure) {
    return switch (failure) {
      case REFUSED, RESET -> StatCode.RESET;
      case TIMED_OUT -> StatCode.TIMEDOUT;
      default -> StatCode.OTHER;
    };
  }

  private static byte sendErrorOf(SocketFailure failure) {
    return switch (failure) {
      case RESET -> SendError.RESET;
      case TIMED_OUT -> SendError.TIMEDOUT;
      case UNREACHABLE -> SendError.UNREACHABLE;
      case TOO_LONG -> SendError.BAD_PACKET;
      default -> SendError.OTHER;
    };
  }

  // ------------------------------------------------------------------------------------------------ notifications

  private void emit(int maskBit, ByteBuffer head, ByteBuffer data, long token) {
    if ((mask & maskBit) == 0) {
      if (data == null) {
        owner.write(head);
      } else {
        owner.write(head, data, token);
      }
      return;
    }
    byte[] frame = new byte[head.remaining() + (data == null ? 0 : data.remaining())];
    int headLength = head.remaining();
    head.get(frame, 0, headLength);
    if (data != null) {
      data.get(frame, headLength, frame.length - headLength);
    }
    masked.hold(maskBit, frame, token);
  }

  private void mask(int value) {
    mask = value;
    for (MaskedNotifications.Held held = masked.next(mask); held != null; held = masked.next(mask)) {
      ByteBuffer frame = ByteBuffer.wrap(held.frame());
      if (held.token() == 0) {
        owner.write(frame);
      } else {
        owner.write(frame, ByteBuffer.wrap(held.frame(), held.frame().length, 0), held.token());
      }
    }
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
    block.putShort(MemoryMap.OFFSET_NOTIFICATION_MASK, (short) mask);
    block.put(MemoryMap.OFFSET_CONTROL_FLAGS, controlFlags);
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
    int wanted = block.getShort(MemoryMap.OFFSET_NOTIFICATION_MASK) & 0xFFFF;
    if (wanted != mask) {
      mask(wanted);
    }
    updateAllowance();
  }

  @Override
  public String toString() {
    return "socket " + sktid + " " + Protocol.name(proto) + " " + SocketState.name(state) + (remote == null ? "" : " " + Arrays.toString(remote.getAddress().getAddress()));
  }
}
