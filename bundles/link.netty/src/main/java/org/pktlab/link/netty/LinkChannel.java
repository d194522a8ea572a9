package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.LinkLimits;
import org.pktlab.link.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from its handshake to its end: the last handler of its channel, which drives the TLS engine through a {@link Sealer} and an
 * {@link Opener}. Everything runs on the channel's loop, the computations of the handshake included.
 */
final class LinkChannel extends ChannelInboundHandlerAdapter implements Sealer.Events, Opener.Events, FrameAssembler.Receiver {
  /** Octets queued above which a link is not writable, and at which it is again. */
  static final long HIGH_WATER = 1024 * 1024;

  static final long LOW_WATER = HIGH_WATER / 2;

  /** How long the end of a link may take: sending what is queued, and the peer's own end. */
  static final long LINGER_MS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(LinkChannel.class);

  private enum State {
    HANDSHAKE,
    OPEN,
    /** Nothing is delivered any more; what is queued leaves. */
    CLOSING,
    CLOSED
  }

  /** Told how the handshake ended: exactly one of the two, once. */
  interface Outcome {
    /** Returns the receiver, or null to close the link. */
    LinkHandler onEstablished(Link link);

    void onHandshakeFailed(String reason);
  }

  private final SSLEngine engine;
  private final LinkLimits limits;
  private final long handshakeNs;
  private final Supplier<Peer> proof;
  private final Outcome outcome;
  private final LoopMemory memory;
  private final WrittenTokens written = new WrittenTokens();

  private ChannelHandlerContext context;
  private Channel channel;
  private FrameAssembler assembler;
  private Opener opener;
  private Sealer sealer;
  private LinkTimers timers;
  private LinkHandler handler;

  private State state = State.HANDSHAKE;
  private LinkEnd end;
  private boolean paused;
  private boolean pumping;
  private boolean delivered;
  private boolean endHeldBack;
  private boolean goodbyeSaid;
  private boolean writable = true;
  private boolean writtenScheduled;

  /**
   * Makes the link of a channel that is still without one.
   *
   * @param engine the engine, its handshake not begun
   * @param handshakeNs how long the handshake may take from when the channel is active
   * @param proof asked for once, when the handshake is complete
   */
  LinkChannel(SSLEngine engine, LinkLimits limits, long handshakeNs, Supplier<Peer> proof, Outcome outcome, LoopMemory memory) {
    this.engine = engine;
    this.limits = limits;
    this.handshakeNs = handshakeNs;
    this.proof = proof;
    this.outcome = outcome;
    this.memory = memory;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    channel = ctx.channel();
    timers = new LinkTimers(ctx.executor());
    assembler = new FrameAssembler(limits.maxBody(), memory.scratch(), ctx.alloc());
    opener = new Opener(engine, assembler, ctx.alloc(), this);
    sealer = new Sealer(ctx, engine, this);
    memory.links().add(this);
    if (channel.isActive()) {
      begin();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin();
  }

  private void begin() {
    timers.handshake(handshakeNs, () -> handshakeFailed("no TLS handshake within " + limits.handshakeTimeout().toMillis() + " ms"));
    try {
      opener.begin();
    } catch (SSLException | RuntimeException failure) {
      failed(failure);
    }
  }

  // --- the way in

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    if (state == State.CLOSING || state == State.CLOSED) {
      data.release();
      return;
    }
    opener.received(data);
    pump();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readComplete();
  }

  private void readComplete() {
    if (delivered && state == State.OPEN) {
      delivered = false;
      timers.received();
      guarded(handler::onReadComplete);
    }
  }

  /** Opens records and delivers frames until there are none, or the receiver pauses, or the link ends. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (mayDeliver()) {
        if (state == State.OPEN) {
          assembler.deliver(this);
        }
        if (!mayDeliver()) {
          break;
        }
        if (!opener.openNext()) {
          if (opener.isClosed()) {
            peerClosed();
          }
          break;
        }
      }
    } catch (FrameAssembler.TooLongException refused) {
      endWith(LinkEnd.Kind.TOO_LONG, "the peer sent " + refused.getMessage());
      sayGoodbye();
    } catch (SSLException | RuntimeException failure) {
      failed(failure);
    } finally {
      pumping = false;
      assembler.settle();
    }
  }

  private boolean mayDeliver() {
    return !paused && (state == State.OPEN || state == State.HANDSHAKE);
  }

  @Override
  public boolean frame(ByteBuffer buffer, int offset, int length) {
    delivered = true;
    guarded(() -> handler.onFrame(buffer, offset, length));
    return mayDeliver();
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | LinkageError | AssertionError failure) {
      LOG.debug("the receiver of a link failed", failure);
      endWith(LinkEnd.Kind.FAILED, "the receiver of this link failed: " + Shown.reason(failure));
      channel.close();
    }
  }

  void pauseReading() {
    if (!paused) {
      paused = true;
      channel.config().setAutoRead(false);
    }
  }

  void resumeReading() {
    if (paused) {
      paused = false;
      channel.config().setAutoRead(true);
      // Later: the caller may be a receiver of frames, which is not to be called while it runs.
      context.executor().execute(this::resumed);
    }
  }

  private void resumed() {
    if (state != State.OPEN || paused) {
      return;
    }
    timers.received();
    pump();
    readComplete();
    if (endHeldBack && !paused) {
      finish();
    }
  }

  // --- what the engine asks for

  @Override
  public void onControl() throws SSLException {
    if (sealer.sendControl()) {
      onEstablished();
    }
  }

  @Override
  public void onEstablished() {
    if (state != State.HANDSHAKE) {
      return;
    }
    state = State.OPEN;
    timers.established(limits.idleTimeout().toNanos(), () -> paused, this::tooSilent);
    boolean coalescing = TlsEngines.COALESCE.equals(engine.getApplicationProtocol());
    sealer.established(coalescing);
    InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
    InetSocketAddress local = (InetSocketAddress) channel.localAddress();
    Link link = new TlsLink(this, channel.eventLoop(), remote, local, proof.get(), coalescing);
    guarded(() -> handler = outcome.onEstablished(link));
    if (handler == null) {
      close();
    }
  }

  private void tooSilent() {
    if (state == State.OPEN) {
      endWith(LinkEnd.Kind.IDLE, "nothing was received for " + limits.idleTimeout().toMillis() + " ms");
      sayGoodbye();
    }
  }

  // --- the way out

  void handler(LinkHandler receiver) {
    handler = receiver;
  }

  void write(ByteBuffer head, ByteBuffer payload, boolean tokenWanted, long token) {
    if (state == State.OPEN && !endHeldBack) {
      sealer.write(head, payload, tokenWanted, token);
      if (sealer.queuedOctets() > HIGH_WATER) {
        writable = false;
      }
    }
  }

  void flush() {
    if (state == State.OPEN) {
      sealer.flush();
    }
  }

  long queuedOctets() {
    return sealer.queuedOctets();
  }

  boolean writable() {
    return writable;
  }

  @Override
  public void onTaken(SealedBatch batch) {
    written.addAll(batch);
    // Never from within flush(): a receiver that writes more when told would otherwise call itself.
    if (!writtenScheduled && (!written.isEmpty() || !writable && sealer.queuedOctets() <= LOW_WATER)) {
      writtenScheduled = true;
      context.executor().execute(this::tellWritten);
    }
    if (state == State.CLOSING && !goodbyeSaid) {
      context.executor().execute(this::sayGoodbyeWhenSent);
    }
  }

  private void tellWritten() {
    writtenScheduled = false;
    if (state == State.CLOSED || handler == null) {
      return;
    }
    for (int left = written.size(); left > 0; left--) {
      long token = written.removeFirst();
      guarded(() -> handler.onWritten(token));
    }
    if (!writable && state == State.OPEN && sealer.queuedOctets() <= LOW_WATER) {
      writable = true;
      guarded(handler::onWritable);
    }
  }

  @Override
  public void onSendFailed(Throwable failure) {
    if (state == State.HANDSHAKE) {
      handshakeFailed(Shown.reason(failure));
    } else if (!(failure instanceof ClosedChannelException)) {
      endWith(LinkEnd.Kind.FAILED, "could not send: " + Shown.reason(failure));
    }
    channel.close();
  }

  // --- ends

  /** Notes why the link ends, if nothing else was the reason before, and stops delivering. */
  private void endWith(LinkEnd.Kind kind, String detail) {
    if (end == null) {
      end = new LinkEnd(kind, detail);
    }
    if (state != State.CLOSED) {
      state = State.CLOSING;
    }
  }

  private void failed(Exception failure) {
    if (state == State.HANDSHAKE) {
      reportHandshakeFailure(Shown.reason(failure));
    } else {
      endWith(LinkEnd.Kind.FAILED, "TLS failed: " + Shown.reason(failure));
    }
    sayGoodbye();
  }

  private void handshakeFailed(String reason) {
    if (state == State.HANDSHAKE) {
      reportHandshakeFailure(reason);
      channel.close();
    }
  }

  private void reportHandshakeFailure(String reason) {
    state = State.CLOSING;
    LOG.debug("handshake with {} failed: {}", channel.remoteAddress(), reason);
    outcome.onHandshakeFailed(reason);
  }

  private void peerClosed() {
    if (state == State.HANDSHAKE) {
      handshakeFailed("the peer closed the connection during the handshake");
      return;
    }
    LinkEnd reason = peerEnd("the peer closed the link");
    endWith(reason.kind(), reason.detail());
    goodbyeSaid = true;
    timers.end(LINGER_MS, channel::close);
    sealer.flush();
    sealer.sendClosing();
    sealer.afterAll(sent -> channel.close());
  }

  private LinkEnd peerEnd(String orderly) {
    boolean inside = assembler.held() > 0 || !opener.isAtRecordBoundary();
    return inside ? new LinkEnd(LinkEnd.Kind.TRUNCATED, "the peer ended the link inside a frame") : new LinkEnd(LinkEnd.Kind.PEER, orderly);
  }

  /** Sends the alert or close_notify and FIN, then waits a while for the peer's FIN: closing with octets unread would make TCP discard what we sent. */
  private void sayGoodbye() {
    if (goodbyeSaid) {
      return;
    }
    goodbyeSaid = true;
    timers.end(LINGER_MS, channel::close);
    sealer.sendClosing();
    sealer.afterAll(
        sent -> {
          if (sent.isSuccess() && channel.isActive()) {
            ((DuplexChannel) channel).shutdownOutput();
          } else {
            channel.close();
          }
        });
    channel.config().setAutoRead(true);
  }

  private void sayGoodbyeWhenSent() {
    if (state == State.CLOSING && sealer.isAllSealed()) {
      sayGoodbye();
    }
  }

  /** Ends in good order. Any thread may call this. */
  void close() {
    onLoop(
        () -> {
          if (endHeldBack) {
            finish();
          } else if (state == State.HANDSHAKE) {
            handshakeFailed("given up");
          } else if (state == State.OPEN) {
            endWith(LinkEnd.Kind.LOCAL, "closed by us");
            timers.end(LINGER_MS, channel::close);
            sealer.flush();
            sayGoodbyeWhenSent();
          }
        });
  }

  /** Ends at once. Any thread may call this. */
  void abort() {
    onLoop(
        () -> {
          if (endHeldBack) {
            finish();
          } else if (state == State.HANDSHAKE) {
            handshakeFailed("given up");
          } else if (state != State.CLOSED) {
            endWith(LinkEnd.Kind.LOCAL, "aborted by us");
            channel.close();
          }
        });
  }

  private void onLoop(Runnable task) {
    if (context.executor().inEventLoop()) {
      task.run();
      return;
    }
    try {
      context.executor().execute(task);
    } catch (RejectedExecutionException loopEnded) {
      LOG.debug("the loop of a link ended before the link was closed");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    handshakeFailed("the peer closed the connection during the handshake");
    if (state == State.OPEN && paused && (assembler.held() > 0 || !opener.isAtRecordBoundary())) {
      // The receiver has not seen everything that came before the end.
      endHeldBack = true;
    } else {
      finish();
    }
  }

  /** A channel that was never connected gets no further event than this. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (!endHeldBack) {
      finish();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    if (!(failure instanceof IOException)) {
      LOG.debug("unexpected failure on a link", failure);
    }
    if (state == State.HANDSHAKE) {
      handshakeFailed(Shown.reason(failure));
    } else {
      endWith(LinkEnd.Kind.FAILED, "TCP failed: " + Shown.reason(failure));
      channel.close();
    }
  }

  private void finish() {
    if (state == State.CLOSED) {
      return;
    }
    tellWritten();
    LinkEnd reason = end != null ? end : peerEnd("the peer closed the connection");
    state = State.CLOSED;
    memory.links().remove(this);
    timers.cancel();
    opener.release();
    assembler.release();
    sealer.release();
    if (handler != null) {
      guarded(() -> handler.onClosed(reason));
    }
  }
}
