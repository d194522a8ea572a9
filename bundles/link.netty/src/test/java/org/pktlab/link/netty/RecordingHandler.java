package org.pktlab.link.netty;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;

/** Keeps what a link delivers, for the thread of a test. */
class RecordingHandler implements LinkHandler {
  final Link link;
  final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
  final BlockingQueue<Long> written = new LinkedBlockingQueue<>();
  final BlockingQueue<Boolean> writable = new LinkedBlockingQueue<>();
  final AtomicLong readCompletes = new AtomicLong();
  final CompletableFuture<LinkEnd> end = new CompletableFuture<>();
  private final List<String> violations = new ArrayList<>();

  RecordingHandler(Link link) {
    this.link = link;
  }

  private void check() {
    if (!link.onLoop()) {
      violations.add("called by " + Thread.currentThread().getName());
    }
    if (end.isDone()) {
      violations.add("called after the end");
    }
  }

  @Override
  public void onFrame(ByteBuffer buffer, int offset, int length) {
    check();
    byte[] frame = new byte[length];
    for (int i = 0; i < length; i++) {
      frame[i] = buffer.get(offset + i);
    }
    frames.add(frame);
  }

  @Override
  public void onReadComplete() {
    check();
    readCompletes.incrementAndGet();
  }

  @Override
  public void onWritten(long token) {
    check();
    written.add(token);
  }

  @Override
  public void onWritable() {
    check();
    writable.add(true);
  }

  @Override
  public void onClosed(LinkEnd reason) {
    check();
    end.complete(reason);
  }

  LinkEnd awaitEnd() throws Exception {
    LinkEnd reason = end.get(10, TimeUnit.SECONDS);
    if (!violations.isEmpty()) {
      throw new AssertionError(violations.toString());
    }
    return reason;
  }

  byte[] awaitFrame() throws Exception {
    byte[] frame = frames.poll(10, TimeUnit.SECONDS);
    if (frame == null) {
      throw new AssertionError("no frame in 10 s; end: " + end.getNow(null));
    }
    return frame;
  }

  /** Runs a task on the link's loop and waits for it. */
  void onLoop(Runnable task) throws Exception {
    link.loop().submit(task).get(10, TimeUnit.SECONDS);
  }

  /** Sends whole frames and flushes. */
  void send(byte[]... each) throws Exception {
    onLoop(
        () -> {
          for (byte[] frame : each) {
            link.write(ByteBuffer.wrap(frame));
          }
          link.flush();
        });
  }
}
