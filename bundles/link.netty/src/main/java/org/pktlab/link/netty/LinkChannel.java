package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
 * One connection from its handshake to its end: the last handler of its channel, between an {@link Inbox} and an {@link Outbox}.
 * Everything runs on the channel's loop, the computations of the handshake included.
 */
final class LinkChannel extends ChannelInboundHandlerAdapter implements Inbox.Owner, Outbox.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(LinkChannel.class);

  private enum State {
    HANDSHAKE,
    OPEN,
    /** Nothing is delivered any more; what is queued leaves. */
    CLOSING,
    CLOSED
  }

  private final SSLEngine engine;
  private final LinkLimits limits;
  private final long handshakeNs;
  private final Supplier<Peer> proof;
  private final HandshakeOutcome outcome;
  private final LoopMemory memory;

  private ChannelHandlerContext context;
  private Channel channel;
  private Inbox inbox;
  private Outbox outbox;
  private LinkTimers timers;
  private Farewell farewell;
  private LinkHandler handler;

  private State state = State.HANDSHAKE;
  private LinkEnd end;
  private boolean endHeldBack;

  /**
   * Makes the link of a channel that is still without one.
   *
   * @param engine the engine, its handshake not begun
   * @param handshakeNs how long the handshake may take from when the channel is active
   * @param proof asked for once, when the handshake is complete
   */
  LinkChannel(SSLEngine engine, LinkLimits limits, long handshakeNs, Supplier<Peer> proof, HandshakeOutcome outcome, LoopMemory memory) {
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
    inbox = new Inbox(ctx, engine, limits.maxBody(), memory.scratch(), this);
    outbox = new Outbox(ctx, engine, this);
    farewell = new Farewell(channel, outbox.sealer(), timers);
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
    inbox.beginHandshake();
  }

  // --- the way in

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    if (state == State.CLOSING || state == State.CLOSED) {
      data.release();
    } else {
      inbox.received(data);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    inbox.readComplete();
  }

  @Override
  public boolean isOpen() {
    return state == State.OPEN;
  }

  @Override
  public boolean isGone() {
    return state == State.CLOSED;
  }

  @Override
  public boolean isShakingHands() {
    return state == State.HANDSHAKE;
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    guarded(() -> handler.onFrame(buffer, offset, length));
  }

  @Override
  public void onReadComplete() {
    timers.received();
    guarded(handler::onReadComplete);
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
    inbox.pause();
  }

  void resumeReading() {
    timers.received();
    inbox.resume(
        () -> {
          if (endHeldBack && !inbox.isPaused()) {
            finish();
          }
        });
  }

  // --- what the engine asks for

  @Override
  public void onControl() throws SSLException {
    if (outbox.sealer().sendControl()) {
      onEstablished();
    }
  }

  @Override
  public void onEstablished() {
    if (state != State.HANDSHAKE) {
      return;
    }
    state = State.OPEN;
    timers.established(limits.idleTimeout().toNanos(), inbox::isPaused, this::tooSilent);
    boolean coalescing = TlsEngines.COALESCE.equals(engine.getApplicationProtocol());
    outbox.sealer().established(coalescing);
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
      farewell.say();
    }
  }

  // --- the way out

  void handler(LinkHandler receiver) {
    handler = receiver;
  }

  void write(ByteBuffer head, ByteBuffer payload, boolean tokenWanted, long token) {
    if (state == State.OPEN && !endHeldBack) {
      outbox.write(head, payload, tokenWanted, token);
    }
  }

  void flush() {
    if (state == State.OPEN) {
      outbox.sealer().flush();
    }
  }

  long queuedOctets() {
    return outbox.sealer().queuedOctets();
  }

  boolean writable() {
    return outbox.writable();
  }

  @Override
  public void onWritten(long token) {
    if (handler != null) {
      guarded(() -> handler.onWritten(token));
    }
  }

  @Override
  public void onWritable() {
    guarded(handler::onWritable);
  }

  @Override
  public void onAllSealed() {
    farewell.say();
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

  @Override
  public void onTooLong(String what) {
    endWith(LinkEnd.Kind.TOO_LONG, "the peer sent " + what);
    farewell.say();
  }

  @Override
  public void onFailed(Exception failure) {
    if (state == State.HANDSHAKE) {
      reportHandshakeFailure(Shown.reason(failure));
    } else {
      endWith(LinkEnd.Kind.FAILED, "TLS failed: " + Shown.reason(failure));
    }
    farewell.say();
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

  @Override
  public void onPeerClosed() {
    if (state == State.HANDSHAKE) {
      handshakeFailed("the peer closed the connection during the handshake");
    } else {
      endByPeer("the peer closed the link");
      farewell.answer();
    }
  }

  private void endByPeer(String orderly) {
    if (inbox.holdsAnything()) {
      endWith(LinkEnd.Kind.TRUNCATED, "the peer ended the link inside a frame");
    } else {
      endWith(LinkEnd.Kind.PEER, orderly);
    }
  }

  /** Ends in good order. Any thread may call this. */
  void close() {
    onLoop(
        () -> {
          if (state == State.OPEN && !endHeldBack) {
            endWith(LinkEnd.Kind.LOCAL, "closed by us");
            farewell.begin();
            outbox.finish();
          } else if (state != State.CLOSING) {
            abort();
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
    if (state == State.OPEN && inbox.isPaused() && inbox.holdsAnything()) {
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
    outbox.report();
    endByPeer("the peer closed the connection");
    state = State.CLOSED;
    memory.links().remove(this);
    timers.cancel();
    inbox.release();
    outbox.sealer().release();
    if (handler != null) {
      guarded(() -> handler.onClosed(end));
    }
  }
}
