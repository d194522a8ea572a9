package org.pktlab.mlet.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pktlab.mlet.FailureReason;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.SessionLostException;
import org.pktlab.mlet.SocketFailedException;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.NdataFlyweight;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;

/**
 * What the sockets at an endpoint share: receiving, failing, closing. {@code on...} methods are called on the link's loop.
 *
 * <p>When more waits unread than four times the receive buffer (raw: {@value #CAPTURED_UNREAD} octets), the endpoint is told to receive
 * nothing more on this socket (its allowance is set to 0), and told to go on when half of that was read: a slow reader slows down its own
 * peer, not the session.
 */
abstract class EndpointSocket {
  private static final long LEAST_UNREAD = 256 << 10;
  private static final long UNREAD_WHEN_CROWDED = 64 << 10;
  private static final int BUFFERS_UNREAD = 4;
  private static final long CAPTURED_UNREAD = 16L << 20;
  private static final int WAKE_EVERY = 128;
  private static final long CLOSE_SECONDS = 5;

  private final SessionVantage vantage;
  private final SessionWire wire;
  private final int sktid;
  private final int family;
  private final int receiveBuffer;
  private final long mostUnread;
  private final Outbox outbox;
  private final ReceiveQueue queue = new ReceiveQueue();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile boolean heldBack;
  private boolean blockSeen;
  private int unannounced;

  EndpointSocket(SessionVantage vantage, int sktid, int family, int proto, boolean stream, int receiveBuffer) {
    this.vantage = vantage;
    this.wire = vantage.wire();
    this.sktid = sktid;
    this.family = family;
    this.receiveBuffer = receiveBuffer;
    this.mostUnread = losesWhenHeldBack() ? CAPTURED_UNREAD : Math.max(LEAST_UNREAD, (long) receiveBuffer * BUFFERS_UNREAD);
    this.outbox = new Outbox(wire, vantage.window(), sktid, family, proto, stream);
  }

  final SessionVantage vantage() {
    return vantage;
  }

  final int sktid() {
    return sktid;
  }

  final int family() {
    return family;
  }

  final int receiveBuffer() {
    return receiveBuffer;
  }

  final Outbox outbox() {
    return outbox;
  }

  final ReceiveQueue queue() {
    return queue;
  }

  final void onData(NdataFlyweight ndata) {
    if (queue.ended()) {
      return;
    }
    wire.dataQueued(ReceiveQueue.cost(ndata.dataLength()));
    long waiting = queue.add(ndata);
    if (unannounced++ == 0) {
      wire.wakeLater(this);
    } else if (unannounced % WAKE_EVERY == 0) {
      queue.wake();
    }
    if (!heldBack && waiting > unreadLimit()) {
      heldBack = true;
      wire.write(quiet(Frames.receiveAllowance(sktid, 0)));
    }
  }

  /** Wakes the reader of what was added in this turn; the loop only. Once for many pieces: a wake-up costs more than a piece. */
  final void wakeReader() {
    unannounced = 0;
    queue.wake();
  }

  private long unreadLimit() {
    return wire.crowded() && !losesWhenHeldBack() ? Math.min(UNREAD_WHEN_CROWDED, mostUnread) : mostUnread;
  }

  /** Whether holding back does not slow anyone down, but loses data. Constant; asked by the constructor. */
  boolean losesWhenHeldBack() {
    return false;
  }

  /** The next piece, null at the end of a stream. */
  final Received take(java.time.Duration timeout) throws IOException, InterruptedException, java.util.concurrent.TimeoutException {
    Received piece = queue.take(TimeUnit.NANOSECONDS.convert(timeout));
    if (piece != null) {
      wire.dataTaken(ReceiveQueue.cost(piece.data().remaining()));
      if (heldBack && goesOn()) {
        wire.later(this::letGo);
      }
    }
    return piece;
  }

  private boolean goesOn() {
    return queue.octets() <= unreadLimit() / 2;
  }

  private void letGo() {
    if (heldBack && goesOn() && !closing.get()) {
      heldBack = false;
      wire.write(quiet(Frames.receiveAllowance(sktid, receiveBuffer)));
      wire.flush();
    }
  }

  /** A connection changed its state. */
  void onStat(int code, long timeNs) {
    switch (code) {
      case StatCode.PEER_CLOSED -> queue.end(() -> null);
      case StatCode.RESET -> fail(FailureReason.RESET);
      case StatCode.TIMEDOUT -> fail(FailureReason.TIMED_OUT);
      case StatCode.ESTABLISHED -> {
        // Told by TCP sockets only, which look at it before.
      }
      default -> askWhy();
    }
  }

  /** "Something else" says little; the state octet may say more. */
  private void askWhy() {
    int address = MemoryMap.socketField(sktid, MemoryMap.OFFSET_STATE);
    wire.write(
        new Exchange(Frames.mread(address, 1), address, 1) {
          @Override
          void answered(Answer answer) {
            fail(answer.isSuccess() ? reason(answer.data()[0]) : FailureReason.UNKNOWN);
          }

          @Override
          void lost(String why) {
            // The socket learns of it by itself.
          }
        });
  }

  /** What an error state means. */
  static FailureReason reason(byte state) {
    return switch (state) {
      case SocketState.REFUSED -> FailureReason.REFUSED;
      case SocketState.RESET -> FailureReason.RESET;
      case SocketState.TIMEDOUT -> FailureReason.TIMED_OUT;
      case SocketState.UNREACH -> FailureReason.UNREACHABLE;
      default -> FailureReason.UNKNOWN;
    };
  }

  /** Marks the socket as failed: data that came before can still be read. */
  final void fail(FailureReason reason) {
    String message = failure(reason);
    outbox.failed(new SocketFailedException(reason, message));
    queue.end(() -> new SocketFailedException(reason, message));
  }

  private String failure(FailureReason reason) {
    return switch (reason) {
      case RESET -> "the peer reset the connection";
      case TIMED_OUT -> "the connection timed out";
      case UNREACHABLE -> "the peer is unreachable";
      case REFUSED -> "the peer refused";
      case UNKNOWN -> "the socket failed at the endpoint, which does not say why";
    };
  }

  /** Whether this is the first nblock of the socket. */
  final boolean firstBlock() {
    boolean first = !blockSeen;
    blockSeen = true;
    return first;
  }

  final void onLost(String reason) {
    queue.end(() -> new SessionLostException(reason));
    outbox.lost(reason);
    vantage.window().lost(reason);
    onEvent();
    gone.countDown();
  }

  /** Something happened that a thread opening the socket may wait for. */
  void onEvent() {}

  /** The local address and port at the endpoint. */
  final InetSocketAddress local() throws IOException, InterruptedException {
    int length = MemoryMap.OFFSET_LPORT + 2 - MemoryMap.OFFSET_LADDR;
    ByteBuffer block = ByteBuffer.wrap(vantage.readMemory(outbox.block() + MemoryMap.OFFSET_LADDR, length));
    byte[] address = Arrays.copyOf(block.array(), family == 4 ? 4 : MemoryMap.ADDRESS_FIELD_LENGTH);
    return new InetSocketAddress(address(address), block.getShort(MemoryMap.OFFSET_LPORT - MemoryMap.OFFSET_LADDR) & 0xFFFF);
  }

  /** Datagrams or packets that the endpoint dropped or cut for want of buffer. */
  final long droppedUnits() throws IOException, InterruptedException {
    return ByteBuffer.wrap(vantage.readMemory(outbox.block() + MemoryMap.OFFSET_DROPPED_UNITS, 4)).getInt() & 0xFFFFFFFFL;
  }

  static InetAddress address(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 octets", e);
    }
  }

  /**
   * Begins to close: stops reception, and once that is confirmed frees the slot. A slot freed while received data are on their way kills a
   * C endpoint (protocol specification, section 13.2). Returns at once; the rest happens on the loop.
   */
  final void beginClose() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    outbox.close();
    wire.dataTaken(queue.close(() -> new SocketFailedException(FailureReason.UNKNOWN, "the socket is closed")));
    wire.submit(
        new Exchange(stopReception()) {
          @Override
          void answered(Answer answer) {
            wire.write(freeSlot());
          }

          @Override
          void lost(String reason) {
            free();
          }
        });
  }

  /** The request that stops reception before the slot is freed. */
  byte[] stopReception() {
    return Frames.receiveAllowance(sktid, 0);
  }

  private Exchange freeSlot() {
    return new Exchange(Frames.close(sktid)) {
      @Override
      void answered(Answer answer) {
        free();
      }

      @Override
      void lost(String reason) {
        free();
      }
    };
  }

  /** The slot is free again, here and at the endpoint. */
  private void free() {
    vantage.window().reserve(-(long) receiveBuffer);
    wire.release(sktid, this);
    outbox.gone();
    // What was received between the two requests of closing.
    wire.dataTaken(queue.close(() -> new SocketFailedException(FailureReason.UNKNOWN, "the socket is closed")));
    gone.countDown();
  }

  /** Gives the slot back without asking: the endpoint never opened it. */
  final void neverOpened() {
    closing.set(true);
    free();
  }

  /** Closes and waits a moment for the endpoint; an interrupted caller does not wait. */
  public void close() throws IOException {
    beginClose();
    try {
      gone.await(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An exchange whose answer nobody needs. */
  private static Exchange quiet(byte[] frame) {
    return new Exchange(frame) {
      @Override
      void answered(Answer answer) {
        // Always yes (protocol specification, section 4.5).
      }

      @Override
      void lost(String reason) {
        // Told elsewhere.
      }
    };
  }
}
