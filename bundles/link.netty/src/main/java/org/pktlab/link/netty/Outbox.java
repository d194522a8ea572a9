package org.pktlab.link.netty;

import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;

/**
 * A {@link Sealer} with the bookkeeping that a link's owner sees: tokens of frames that have left, and whether the link is writable.
 * Reports are made in tasks of their own, never from within a call of the owner, so that an owner who sends more when told does not call
 * itself. For the loop only.
 */
final class Outbox implements Sealer.Events {
  /** Octets queued above which a link is not writable, and at which it is again. */
  static final long HIGH_WATER = 1024 * 1024;

  static final long LOW_WATER = HIGH_WATER / 2;

  /** Told what becomes of what was written. */
  interface Owner {
    /** Whether more may be written. */
    boolean isOpen();

    /** Whether the link has ended, so that nothing is reported any more. */
    boolean isGone();

    void onWritten(long token);

    void onWritable();

    /** Every frame has been sealed, after {@link #finish}. */
    void onAllSealed();

    void onSendFailed(Throwable failure);
  }

  private final ChannelHandlerContext context;
  private final Owner owner;
  private final Sealer sealer;
  private final WrittenTokens written = new WrittenTokens();
  private boolean writable = true;
  private boolean scheduled;
  private boolean finishing;

  Outbox(ChannelHandlerContext context, SSLEngine engine, Owner owner) {
    this.context = context;
    this.owner = owner;
    this.sealer = new Sealer(context, engine, this);
  }

  Sealer sealer() {
    return sealer;
  }

  void write(ByteBuffer head, ByteBuffer payload, boolean tokenWanted, long token) {
    sealer.write(head, payload, tokenWanted, token);
    if (sealer.queuedOctets() > HIGH_WATER) {
      writable = false;
    }
  }

  boolean writable() {
    return writable;
  }

  /** Flushes; {@link Owner#onAllSealed} follows, at once or later. */
  void finish() {
    finishing = true;
    sealer.flush();
    checkFinished();
  }

  private void checkFinished() {
    if (finishing && sealer.isAllSealed()) {
      finishing = false;
      owner.onAllSealed();
    }
  }

  @Override
  public void onTaken(SealedBatch batch) {
    written.addAll(batch);
    boolean againWritable = !writable && sealer.queuedOctets() <= LOW_WATER;
    if (!scheduled && (!written.isEmpty() || againWritable || finishing)) {
      scheduled = true;
      context.executor().execute(this::report);
    }
  }

  /** Makes the reports that are due. */
  void report() {
    scheduled = false;
    if (owner.isGone()) {
      return;
    }
    for (int left = written.size(); left > 0; left--) {
      owner.onWritten(written.removeFirst());
    }
    if (!writable && owner.isOpen() && sealer.queuedOctets() <= LOW_WATER) {
      writable = true;
      owner.onWritable();
    }
    checkFinished();
  }

  @Override
  public void onSendFailed(Throwable failure) {
    owner.onSendFailed(failure);
  }
}
