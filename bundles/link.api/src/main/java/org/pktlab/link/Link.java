package org.pktlab.link;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One established TLS connection that carries protocol frames in both directions.
 *
 * <p><b>Threads.</b> A link is owned by one thread, its {@link #loop()}. Every method is called on that thread, and every
 * {@link LinkHandler} method is called by it, except where a method says otherwise. Nothing blocks.
 *
 * <p><b>Records.</b> Towards a peer that did not negotiate {@linkplain #coalescing() coalescing}, the end of a frame is always the end of a TLS
 * record (protocol specification, section 2.4).
 */
@ProviderType
public interface Link {
  /** The single thread that owns this link; tasks given to it run between reads and writes of the link. Any thread may call this. */
  ScheduledExecutorService loop();

  /** Whether the calling thread is the one of {@link #loop()}. Any thread may call this. */
  boolean onLoop();

  /** The other end of the TCP connection. Any thread may call this. */
  InetSocketAddress remoteAddress();

  /** This end of the TCP connection. Any thread may call this. */
  InetSocketAddress localAddress();

  /** What the handshake proved about the peer. Any thread may call this. */
  Peer peer();

  /** Whether both sides agreed, in the handshake, that several frames may share a TLS record. */
  boolean coalescing();

  /** Replaces the receiver of frames and events; the new one sees the next frame. */
  void handler(LinkHandler handler);

  /**
   * Queues one or more whole frames; they leave at the next {@link #flush()}. Never blocks and never refuses: the caller bounds what it queues by
   * {@link #writable()} and {@link #queuedOctets()}.
   *
   * @param frame whole frames, header first, from position to limit; copied before this method returns
   */
  void write(ByteBuffer frame);

  /**
   * Queues one frame given in two parts and asks to be told when it has left.
   *
   * @param head the 4-octet header and the fixed fields, from position to limit; copied
   * @param payload the rest of the frame, from position to limit; copied
   * @param token handed back through {@link LinkHandler#onWritten} once the last octet was given to the operating system, and not at all when the
   *     link ends before
   */
  void write(ByteBuffer head, ByteBuffer payload, long token);

  /** Hands everything queued to TLS and the operating system, as far as it takes it; the rest follows by itself. */
  void flush();

  /** Plain octets queued and not yet taken by the operating system. */
  long queuedOctets();

  /** False while more than the high watermark is queued; {@link LinkHandler#onWritable()} tells when it becomes true again. */
  boolean writable();

  /** Stops reading from the peer after the frames already received; TCP then pushes back. Idempotent. */
  void pauseReading();

  /** Undoes {@link #pauseReading()}. Idempotent. */
  void resumeReading();

  /** Ends the link: what is queued is written, then close_notify, then the connection is closed, at the latest after a few seconds. Any thread. */
  void close();

  /** Ends the link at once, without a word. Any thread may call this. */
  void abort();
}
