package org.pktlab.link.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * From what the operating system delivers to frames: an {@link Opener} and a {@link FrameAssembler}, run until nothing whole is left, the
 * owner pauses or the link ends. While paused it holds at most what one read brought, or, when the peer has ended, what TCP had received.
 * For the loop only.
 */
final class Inbox implements FrameAssembler.Receiver {
  /** Told what arrives. */
  interface Owner extends Opener.Events {
    /** Whether the handshake is complete and frames are wanted. */
    boolean isOpen();

    /** Whether the handshake is still under way. */
    boolean isShakingHands();

    void onFrame(ByteBuffer buffer, int offset, int length);

    /** Nothing more is waiting after at least one frame. */
    void onReadComplete();

    /** The peer sent close_notify. */
    void onPeerClosed();

    /** The peer announces a frame that is too long. */
    void onTooLong(String what);

    /** TLS failed. */
    void onFailed(Exception failure);
  }

  private final ChannelHandlerContext context;
  private final Owner owner;
  private final FrameAssembler assembler;
  private final Opener opener;
  private boolean paused;
  private boolean running;
  private boolean delivered;

  Inbox(ChannelHandlerContext context, SSLEngine engine, int maxBody, ByteBuffer scratch, Owner owner) {
    this.context = context;
    this.owner = owner;
    this.assembler = new FrameAssembler(maxBody, scratch, context.alloc());
    this.opener = new Opener(engine, assembler, context.alloc(), owner);
  }

  void beginHandshake() {
    try {
      opener.begin();
    } catch (SSLException | RuntimeException failure) {
      owner.onFailed(failure);
    }
  }

  /** Takes what was read from the connection. */
  void received(ByteBuf data) {
    opener.received(data);
    run();
  }

  /** Opens records and delivers frames as long as there are any and they are wanted. */
  private void run() {
    if (running) {
      return;
    }
    running = true;
    try {
      while (wanted()) {
        if (owner.isOpen()) {
          assembler.deliver(this);
        }
        if (!wanted()) {
          break;
        }
        if (!opener.openNext()) {
          if (opener.isClosed()) {
            owner.onPeerClosed();
          }
          break;
        }
      }
    } catch (FrameAssembler.TooLongException refused) {
      owner.onTooLong(refused.getMessage());
    } catch (SSLException | RuntimeException failure) {
      owner.onFailed(failure);
    } finally {
      running = false;
      assembler.settle();
    }
  }

  private boolean wanted() {
    return !paused && (owner.isOpen() || owner.isShakingHands());
  }

  @Override
  public boolean frame(ByteBuffer buffer, int offset, int length) {
    delivered = true;
    owner.onFrame(buffer, offset, length);
    return wanted();
  }

  /** The operating system has nothing more at the moment. */
  void readComplete() {
    if (delivered && owner.isOpen()) {
      delivered = false;
      owner.onReadComplete();
    }
  }

  boolean isPaused() {
    return paused;
  }

  void pause() {
    if (!paused) {
      paused = true;
      context.channel().config().setAutoRead(false);
    }
  }

  /** Goes on, in a task of its own: the caller may be a receiver of frames, which is not to be called while it runs. */
  void resume(Runnable then) {
    if (paused) {
      paused = false;
      context.channel().config().setAutoRead(true);
      context.executor().execute(
          () -> {
            if (!paused && owner.isOpen()) {
              run();
              readComplete();
              then.run();
            }
          });
    }
  }

  /** Whether anything has arrived that is not delivered: part of a frame, or, while paused, whole ones. */
  boolean holdsAnything() {
    return assembler.held() > 0 || !opener.isAtRecordBoundary();
  }

  void release() {
    opener.release();
    assembler.release();
  }
}
