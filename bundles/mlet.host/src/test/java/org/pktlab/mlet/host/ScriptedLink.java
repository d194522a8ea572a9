package org.pktlab.mlet.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.pktlab.link.Link;
import org.pktlab.link.LinkEnd;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.Peer;

/** A link in memory, whose other end is a {@link ScriptedEndpoint}: real frames, a real loop thread, no network. */
final class ScriptedLink implements Link, AutoCloseable {
  private final ScheduledExecutorService loop;
  private final ScriptedEndpoint endpoint;
  private final ArrayDeque<byte[]> unflushed = new ArrayDeque<>();
  private final ArrayDeque<byte[]> arriving = new ArrayDeque<>();
  private volatile Thread loopThread;
  private volatile LinkHandler handler;
  private volatile boolean paused;
  private volatile boolean ended;
  private volatile int flushes;
  private boolean coalescing;

  ScriptedLink(ScriptedEndpoint endpoint) {
    this.endpoint = endpoint;
    endpoint.attach(this);
    loop =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "scripted-loop");
              thread.setDaemon(true);
              loopThread = thread;
              return thread;
            });
  }

  /** Frames to the controller; any thread. */
  void arrive(byte[] frame) {
    loop.execute(
        () -> {
          arriving.add(frame);
          deliver();
        });
  }

  private void deliver() {
    while (!paused && !ended && !arriving.isEmpty()) {
      byte[] frame = arriving.poll();
      // An offset and stale octets around, as a real receive buffer has them.
      ByteBuffer buffer = ByteBuffer.allocate(frame.length + 7);
      buffer.put(3, frame);
      handler.onFrame(buffer, 3, frame.length);
      buffer.put(3, new byte[frame.length]);
    }
    if (!ended) {
      handler.onReadComplete();
    }
  }

  /** The other side ends the connection; any thread. */
  void hangUp(LinkEnd.Kind kind, String detail) {
    loop.execute(() -> end(new LinkEnd(kind, detail)));
  }

  private void end(LinkEnd reason) {
    if (!ended) {
      ended = true;
      handler.onClosed(reason);
    }
  }

  boolean isPaused() {
    return paused;
  }

  boolean isEnded() {
    return ended;
  }

  int flushes() {
    return flushes;
  }

  void coalesce() {
    coalescing = true;
  }

  @Override
  public ScheduledExecutorService loop() {
    return loop;
  }

  @Override
  public boolean onLoop() {
    return Thread.currentThread() == loopThread;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
  }

  @Override
  public InetSocketAddress localAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 20_556);
  }

  @Override
  public Peer peer() {
    return new Peer(null, null, null);
  }

  @Override
  public boolean coalescing() {
    return coalescing;
  }

  @Override
  public void handler(LinkHandler next) {
    handler = next;
  }

  @Override
  public void write(ByteBuffer frame) {
    checkLoop();
    byte[] octets = new byte[frame.remaining()];
    frame.get(octets);
    unflushed.add(octets);
  }

  @Override
  public void write(ByteBuffer head, ByteBuffer payload, long token) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void flush() {
    checkLoop();
    flushes++;
    byte[] frame;
    while ((frame = unflushed.poll()) != null && !ended) {
      endpoint.receive(frame);
    }
  }

  private void checkLoop() {
    if (!onLoop()) {
      throw new IllegalStateException("used off its loop by " + Thread.currentThread());
    }
  }

  @Override
  public long queuedOctets() {
    return 0;
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public void pauseReading() {
    checkLoop();
    paused = true;
  }

  @Override
  public void resumeReading() {
    checkLoop();
    paused = false;
    loop.execute(this::deliver);
  }

  @Override
  public void close() {
    if (!ended) {
      loop.execute(() -> end(new LinkEnd(LinkEnd.Kind.LOCAL, "closed")));
    }
  }

  @Override
  public void abort() {
    close();
  }

  void shutdown() {
    loop.shutdownNow();
  }
}
