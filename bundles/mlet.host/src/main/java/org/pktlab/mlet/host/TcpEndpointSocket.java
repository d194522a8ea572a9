package org.pktlab.mlet.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.pktlab.mlet.ConnectFailedException;
import org.pktlab.mlet.FailureReason;
import org.pktlab.mlet.Received;
import org.pktlab.mlet.Sent;
import org.pktlab.mlet.SessionLostException;
import org.pktlab.mlet.SocketOptions;
import org.pktlab.mlet.TcpSocket;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Protocol;
import org.pktlab.protocol.SocketState;
import org.pktlab.protocol.StatCode;
import org.pktlab.protocol.StatusCode;

/** A TCP socket at an endpoint. */
final class TcpEndpointSocket extends EndpointSocket implements TcpSocket {
  /** Larger sends travel in pieces of this many octets, so that a piece always fits the endpoint's buffer and rate windows. */
  static final int PIECE = 64 * 1024;

  private static final long FIRST_POLL_NS = 10_000_000L;
  private static final long LONGEST_POLL_NS = 250_000_000L;

  private final InetSocketAddress remote;
  private volatile long openedNs;
  private volatile long establishedNs;
  private volatile boolean established;
  private volatile boolean event;
  private volatile Thread opener;

  TcpEndpointSocket(SessionVantage vantage, int sktid, int family, InetSocketAddress remote, int receiveBuffer) {
    super(vantage, sktid, family, Protocol.TCP, true, receiveBuffer);
    this.remote = remote;
  }

  /**
   * Connects and waits. A failed attempt is silent at C endpoints (protocol specification, section 7.2), so the state is polled, first
   * after 10 ms, later every 250 ms, and at once when a notification hints at a failure.
   */
  void open(SocketOptions options) throws IOException, InterruptedException {
    byte[] local = options.local() == null ? new byte[family() == 4 ? 4 : 16] : options.local().getAddress();
    boolean opened = false;
    Call begin = vantage().askClock();
    Call open =
        new Call("open a TCP socket", Frames.openTcp(sktid(), receiveBuffer(), local, options.localPort(), remote.getAddress().getAddress(),
            remote.getPort()));
    vantage().wire().submit(begin, open);
    try {
      openedNs = vantage().clockOf(begin.awaitSuccess());
      Answer answer = open.await();
      if (!answer.isSuccess()) {
        neverOpened();
        opened = true;
        if (answer.status() == StatusCode.EUNKFAULT && options.local() == null && options.localPort() == 0) {
          throw new ConnectFailedException(FailureReason.UNKNOWN, "the endpoint's system refused to connect to " + named()
              + " at once (often: no route)");
        }
        throw answer.refused("connect to " + named());
      }
      waitUntilConnected(options.timeout());
      opened = true;
    } finally {
      if (!opened) {
        beginClose();
      }
    }
  }

  private void waitUntilConnected(Duration timeout) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long most = TimeUnit.NANOSECONDS.convert(timeout);
    long poll = FIRST_POLL_NS;
    while (true) {
      waitForEvent(Math.min(poll, Math.max(0, most - (System.nanoTime() - begin))));
      if (established) {
        return;
      }
      byte state = poll();
      if (established) {
        return;
      }
      if (SocketState.isError(state)) {
        FailureReason reason = reason(state);
        throw new ConnectFailedException(reason, "no connection to " + named() + ": " + words(reason));
      }
      if (System.nanoTime() - begin >= most) {
        throw new ConnectFailedException(FailureReason.TIMED_OUT, "no connection to " + named() + " within " + timeout.toMillis() + " ms");
      }
      poll = Math.min(LONGEST_POLL_NS, poll * 2);
    }
  }

  private void waitForEvent(long atMostNs) throws InterruptedException, SessionLostException {
    long begin = System.nanoTime();
    opener = Thread.currentThread();
    try {
      while (!event && System.nanoTime() - begin < atMostNs) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.parkNanos(this, atMostNs - (System.nanoTime() - begin));
      }
      event = false;
    } finally {
      opener = null;
    }
    if (vantage().wire().lost() != null) {
      throw new SessionLostException(vantage().wire().lost());
    }
  }

  private byte poll() throws IOException, InterruptedException {
    Call state = Call.read(MemoryMap.socketField(sktid(), MemoryMap.OFFSET_STATE), 1);
    Call clock = vantage().askClock();
    vantage().wire().submit(state, clock);
    byte value = state.awaitSuccess()[0];
    long now = vantage().clockOf(clock.awaitSuccess());
    if (value >= SocketState.OPEN && !established) {
      // A connection that was there at once is not announced (section 7.1).
      establishedNs = now;
      established = true;
    }
    return value;
  }

  @Override
  void onStat(int code, long timeNs) {
    if ((code == StatCode.ESTABLISHED || code == StatCode.PEER_CLOSED) && !established) {
      establishedNs = timeNs;
      established = true;
    }
    // Before that, a failure is a hint to poll; the state octet says more.
    if (established) {
      super.onStat(code, timeNs);
    }
    onEvent();
  }

  @Override
  void onEvent() {
    event = true;
    LockSupport.unpark(opener);
  }

  private String named() {
    return remote.getAddress().getHostAddress() + " port " + remote.getPort();
  }

  private static String words(FailureReason reason) {
    return switch (reason) {
      case REFUSED -> "refused";
      case RESET -> "reset";
      case TIMED_OUT -> "timed out";
      case UNREACHABLE -> "unreachable";
      case UNKNOWN -> "the endpoint does not say why";
    };
  }

  @Override
  public InetSocketAddress localAddress() throws IOException, InterruptedException {
    return local();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public long openedNs() {
    return openedNs;
  }

  @Override
  public long connectedNs() {
    return establishedNs;
  }

  @Override
  public Sent send(ByteBuffer data) throws IOException, InterruptedException {
    return sendAt(data, 0);
  }

  @Override
  public Sent sendAt(ByteBuffer data, long timeNs) throws IOException, InterruptedException {
    while (data.remaining() > PIECE) {
      outbox().send(data, PIECE, timeNs, null, 0);
    }
    return outbox().send(data, data.remaining(), timeNs, null, 0);
  }

  @Override
  public Received receive(Duration timeout) throws IOException, InterruptedException, TimeoutException {
    return take(timeout);
  }

  @Override
  public void finish() throws IOException, InterruptedException {
    Call fin = outbox().finish();
    if (fin != null) {
      fin.awaitSuccess();
    }
  }

  @Override
  public InputStream inputStream(Duration timeout) {
    return new SocketStreams.Input(this, timeout);
  }

  @Override
  public OutputStream outputStream() {
    return new SocketStreams.Output(this);
  }
}
