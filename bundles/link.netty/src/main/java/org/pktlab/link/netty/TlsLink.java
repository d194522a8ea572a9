package org.pktlab.link.netty;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.pktlab.link.Link;
import org.pktlab.link.LinkHandler;
import org.pktlab.link.Peer;

/** What roles see of a {@link LinkChannel} whose handshake is complete. Checks what is to be sent; everything else the channel does. */
final class TlsLink implements Link {
  private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);

  private final LinkChannel channel;
  private final EventLoop loop;
  private final InetSocketAddress remote;
  private final InetSocketAddress local;
  private final Peer peer;
  private final boolean coalescing;

  TlsLink(LinkChannel channel, EventLoop loop, InetSocketAddress remote, InetSocketAddress local, Peer peer, boolean coalescing) {
    this.channel = channel;
    this.loop = loop;
    this.remote = remote;
    this.local = local;
    this.peer = peer;
    this.coalescing = coalescing;
  }

  @Override
  public ScheduledExecutorService loop() {
    return loop;
  }

  @Override
  public boolean onLoop() {
    return loop.inEventLoop();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public boolean coalescing() {
    return coalescing;
  }

  @Override
  public void handler(LinkHandler handler) {
    channel.handler(Objects.requireNonNull(handler));
  }

  @Override
  public void write(ByteBuffer frame) {
    int to = frame.limit();
    for (int at = frame.position(); at < to; at = frameEnd(frame, at)) {
      if (frameEnd(frame, at) > to) {
        throw new IllegalArgumentException("the buffer does not end with a frame");
      }
    }
    for (int at = frame.position(); at < to; at = frameEnd(frame, at)) {
      channel.write(frame.slice(at, frameEnd(frame, at) - at), NO_PAYLOAD, false, 0);
    }
  }

  /** Where the frame ends whose header begins here; beyond the buffer if even the header does. */
  private static int frameEnd(ByteBuffer frame, int at) {
    int header = at + FrameAssembler.HEADER;
    return header > frame.limit() ? Integer.MAX_VALUE : header + bodyLength(frame, at);
  }

  @Override
  public void write(ByteBuffer head, ByteBuffer payload, long token) {
    int length = head.remaining() + payload.remaining();
    if (head.remaining() < FrameAssembler.HEADER || bodyLength(head, head.position()) != length - FrameAssembler.HEADER) {
      throw new IllegalArgumentException("head and payload are not one frame");
    }
    channel.write(head, payload, true, token);
  }

  private static int bodyLength(ByteBuffer frame, int at) {
    return (frame.get(at + 1) & 0xFF) << 16 | (frame.get(at + 2) & 0xFF) << 8 | frame.get(at + 3) & 0xFF;
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public long queuedOctets() {
    return channel.queuedOctets();
  }

  @Override
  public boolean writable() {
    return channel.writable();
  }

  @Override
  public void pauseReading() {
    channel.pauseReading();
  }

  @Override
  public void resumeReading() {
    channel.resumeReading();
  }

  @Override
  public void close() {
    channel.close();
  }

  @Override
  public void abort() {
    channel.abort();
  }
}
