package org.pktlab.controller.core;

import java.nio.ByteBuffer;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;

/** Hands everything on to the session's owner, and tells the experiment when the session has ended. */
final class SessionEnding implements LinkHandler {
  private final LinkHandler owner;
  private final Runnable ended;

  SessionEnding(LinkHandler owner, Runnable ended) {
    this.owner = owner;
    this.ended = ended;
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    owner.onFrame(buffer, offset, length);
  }

  @Override
  public void onReadComplete() {
    owner.onReadComplete();
  }

  @Override
  public void onWritten(long token) {
    owner.onWritten(token);
  }

  @Override
  public void onWritable() {
    owner.onWritable();
  }

  @Override
  public void onClosed(LinkEnd reason) {
    try {
      owner.onClosed(reason);
    } finally {
      ended.run();
    }
  }
}
